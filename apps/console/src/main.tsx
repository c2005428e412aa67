import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app/app.js';
import { startLanguages } from './i18n/language.js';
import './app/console.css';

// The page's policy forbids code made from text, which the schema library would otherwise try.
config({ jitless: true });

const root = document.getElementById('console');
if (!root)
  throw new Error('The page has no element "console": it is not the page that was built with this program.');
await startLanguages();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
