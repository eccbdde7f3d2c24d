import type { Random } from 'backend-labs/kit';

/** What a client may say about a product. */
export type ProductInput = {
  sku: string;
  name: string;
  category: string;
  price: number;
  description: string;
};

export type Product = ProductInput & { rating: number | null; reviewCount: number };

export type Listed = Omit<Product, 'description'>;

export type Page = { items: Listed[]; page: number; total: number };

export function newProduct(random: Random, fields: Partial<ProductInput> = {}): ProductInput {
  return {
    sku: newSku(random),
    name: random.title(),
    category: newCategory(random),
    price: random.integer(100, 99_999),
    description: `${random.title()}.`,
    ...fields,
  };
}

export const newSku = (random: Random): string =>
  `${random.word(6)}-${random.word(6)}`.toUpperCase();

/** Of nobody else's making, so that its lists are this check's own. */
export const newCategory = (random: Random): string => `${random.word(6)} ${random.word(8)}`;

/** Another price than this one. */
export const otherPrice = (random: Random, price: number): number =>
  price + random.integer(1, 5_000);

export const asStored = (input: ProductInput): Product => ({
  ...input,
  rating: null,
  reviewCount: 0,
});

/** As a list shows it. */
export function asListed({ description: _, ...rest }: Product): Listed {
  return rest;
}
