/** What is used of kafkajs. Its `Kafka` fits, and so does whatever has the same shape. */
export interface KafkaClient {
  producer(config?: ProducerSettings): KafkaProducer;
}

export interface ProducerSettings {
  readonly idempotent?: boolean;
  readonly maxInFlightRequests?: number;
  readonly allowAutoTopicCreation?: boolean;
  readonly retry?: { readonly retries: number };
}

export interface KafkaProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Resolves when every message was acknowledged as `acks` asks for. */
  sendBatch(batch: {
    acks?: number;
    timeout?: number;
    compression?: number;
    topicMessages?: TopicMessages[];
  }): Promise<unknown>;
}

export interface TopicMessages {
  topic: string;
  messages: KafkaMessage[];
}

export interface KafkaMessage {
  key: string;
  value: string;
  headers: Record<string, string>;
  /** Epoch milliseconds. */
  timestamp: string;
}
