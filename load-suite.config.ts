import { defineConfig } from 'load-suite/config';

export default defineConfig({ tests: 'tests', mainProduct: 'booking' });
