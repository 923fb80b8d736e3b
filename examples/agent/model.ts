import type { Client } from '@modelcontextprotocol/client';
import { Trouble } from '../quickstart/listen.js';
import type { Mind, Step } from './loop.js';

/** A model behind an endpoint of the widespread chat-completions form. */
export interface Model {
  readonly url: string;
  readonly name: string;
  readonly key: string;
}

interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

interface ToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/**
 * The model of the environment: AGENT_MODEL_URL, AGENT_MODEL and AGENT_MODEL_KEY, which one on this machine does
 * without. Undefined where none of them
 * is set. Throws Trouble where one is missing, rather than sending a question to nobody.
 */
export function modelOf(environment: Readonly<Record<string, string | undefined>>): Model | undefined {
  const { AGENT_MODEL_URL: url = '', AGENT_MODEL: name = '', AGENT_MODEL_KEY: key = '' } = environment;
  if (url === '' && name === '' && key === '') return undefined;
  if (!URL.canParse(url)) throw new Trouble('AGENT_MODEL_URL must be the address of a chat-completions endpoint');
  if (name === '') throw new Trouble('AGENT_MODEL must name the model');
  if (key === '' && !here.includes(new URL(url).hostname))
    throw new Trouble(`AGENT_MODEL_KEY must hold the key for ${new URL(url).host}`);
  return { url, name, key };
}

const here = ['localhost', '127.0.0.1', '[::1]'];

/** Lets a model think: it is given the gateway's own guide and tools, and nothing else. */
export async function* modelMind(model: Model, client: Client, question: string): Mind {
  const guide = (await client.readResource({ uri: 'sallyport://guide/agents' })).contents
    .map((each) => ('text' in each ? each.text : ''))
    .join('\n');
  const tools = (await client.listTools()).tools.map(({ name, description, inputSchema }) => ({
    type: 'function',
    function: { name, description, parameters: inputSchema },
  }));
  const messages: Message[] = [
    { role: 'system', content: guide },
    { role: 'user', content: question },
  ];
  for (;;) {
    const said = await ask(model, { model: model.name, messages, tools });
    messages.push(said);
    if (said.tool_calls === undefined || said.tool_calls.length === 0) return said.content ?? '';
    for (const call of said.tool_calls) {
      const step = stepOf(call);
      messages.push({
        role: 'tool',
        tool_call_id: call.id,
        content: step === undefined ? 'The arguments were not JSON.' : (yield step).text,
      });
    }
  }
}

/** Models write JSON that is none now and then: they are told, and try again. */
function stepOf({ function: { name, arguments: args } }: ToolCall): Step | undefined {
  try {
    return { tool: name, args: JSON.parse(args) as Step['args'] };
  } catch {
    return undefined;
  }
}

async function ask({ url, key }: Model, body: object): Promise<Message> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw new Trouble(`the model at ${new URL(url).host} cannot be reached: ${String(error)}`);
  });
  if (!answer.ok) throw new Trouble(`the model answered ${answer.status}`);
  const { choices } = (await answer.json()) as { readonly choices?: readonly { readonly message: Message }[] };
  const message = choices?.[0]?.message;
  if (message === undefined) throw new Trouble('the model answered nothing');
  return message;
}
