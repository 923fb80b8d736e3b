import { createPrivateKey } from 'node:crypto';
import { AccessError } from '../../core/index.js';

/**
 * The key as unencrypted PKCS#8 PEM, which is what the driver takes for every kind of key. Throws ENGINE_UNAVAILABLE
 * for what is no RSA key.
 */
export function decryptPrivateKey(pem: string, passphrase: string | undefined): string {
  try {
    const key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
    if (key.asymmetricKeyType !== 'rsa') throw new Error('not RSA');
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // What the platform says may quote the key.
    throw new AccessError('ENGINE_UNAVAILABLE', 'the private key cannot be read', { detail: { step: 'credential' } });
  }
}
