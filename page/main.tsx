import { render } from 'preact';
import { SignInBoundary } from './sign-in-boundary.js';
import './style/base.css';
import './style/frame.css';
import './style/text.css';
import './style/views.css';

const page = document.getElementById('page');
if (page === null) throw new Error('the page has no place to be shown in');
page.replaceChildren();
render(<SignInBoundary />, page);
