// The shape of `auth.ingest` and `auth.read` in the configuration file.
import { z } from 'zod';
import { labelValue } from '../../contract/labels.ts';

const MAX_QUOTA = 1_000_000_000_000_000;

const label = z.string().refine((text) => text !== '' && labelValue(text) === text, {
  error: 'expected text of 1 to 128 bytes without control characters',
});
const name = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'expected 1 to 64 letters, digits, _ . or -');
const tokenFile = z.string('expected a file').min(1, 'expected a file');
const quota = z.int().min(1).max(MAX_QUOTA);

/** Names tell tokens apart in logs and quotas: each once. */
function namesDiffer(entries: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  entries.forEach((entry, index) => {
    if (entries.findIndex((other) => other.name === entry.name) !== index) {
      context.addIssue({ code: 'custom', path: [index, 'name'], message: 'expected a name that no other token has' });
    }
  });
}

export const ingestTokensSchema = z
  .array(
    z.strictObject({
      name,
      token_file: tokenFile,
      environment: label.optional(),
      team: label.optional(),
      workflow: label.optional(),
      daily_quota_events: quota.optional(),
      daily_quota_bytes: quota.optional(),
    })
  )
  .max(1_000)
  .superRefine(namesDiffer);

export const readTokensSchema = z
  .array(z.strictObject({ name, token_file: tokenFile }))
  .max(1_000)
  .superRefine(namesDiffer);

export type IngestTokenOption = z.infer<typeof ingestTokensSchema>[number];
export type ReadTokenOption = z.infer<typeof readTokensSchema>[number];
