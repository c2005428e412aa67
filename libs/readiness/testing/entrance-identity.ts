/** Signed by itself, for a name that belongs to nobody, until 2126; made for these tests and used nowhere else. */
export const ENTRANCE_IDENTITY = {
  name: 'shop.example',
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvfQPFPERQJBoH73D
IYNV0joPjxJLsQH2uupJX15+Qk6hRANCAAS54pQ+gm9tKbodN6hGmYrjvgetfmx5
CmDYDntczHkGEa2vaoKVtH2Mxg+aKg7cHzbea5955+SHqgOgboXb4OEN
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUd2Wx5Gufc/D0+EuFDfrpH0tvtbIwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMCAXDTI2MTEyMjE1MDUzMloYDzIxMjYx
MDI5MTUwNTMyWjAXMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAS54pQ+gm9tKbodN6hGmYrjvgetfmx5CmDYDntczHkGEa2v
aoKVtH2Mxg+aKg7cHzbea5955+SHqgOgboXb4OENo1MwUTAdBgNVHQ4EFgQUt3QX
gJE47xHBqawhckWMGrLoskwwHwYDVR0jBBgwFoAUt3QXgJE47xHBqawhckWMGrLo
skwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA2D65rEMkdF2u
6oKPd4NHD+nxC/8jEB/VAuny+CchgPUCIEAoqvbw6bZo1kQwqAEIkIqAtOP5So0W
Uio4ztQWrT9t
-----END CERTIFICATE-----
`,
} as const;
