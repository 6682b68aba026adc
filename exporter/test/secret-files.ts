// Tokens in files of a folder of their own, for the tests here.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SecretFolder {
  readonly path: (name: string) => string;
  /** @returns the file's path; mode 0600 unless told otherwise. */
  readonly write: (name: string, content: string, mode?: number) => string;
  readonly remove: () => void;
}

export function secretFolder(): SecretFolder {
  const folder = mkdtempSync(join(tmpdir(), 'exporter-test-'));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write: (name, content, mode = 0o600) => {
      writeFileSync(path(name), content);
      chmodSync(path(name), mode);
      return path(name);
    },
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
