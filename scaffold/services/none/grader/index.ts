import { defineGrader, defineStage } from 'backend-labs/kit';
import identity from './identity.ts';

const basics = defineStage({
  id: 'basics',
  title: 'Notes are created and read',
  world: 'shared',
  // They need no code, and are in checks.yaml.
  checks: [],
});

export default defineGrader({ lab: 'my-lab', stages: [basics, identity] });
