import { defineGrader } from 'backend-labs/kit';

export default defineGrader({ lab: 'my-lab', stages: [] });
