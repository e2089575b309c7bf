import { expect } from 'chai';
import { campaignBody, typedCampaign } from '../../../../src/features/campaigns/pages/campaign-form.ts';
import type { CampaignBody } from '../../../../src/features/campaigns/record/campaign-service.ts';
import type { Translate } from '../../../../src/platform/html/i18n.ts';

const t = ((key: string) => key) as Translate;
const read = { type: 'discount', title: 'Summer', note: 'For one voucher alone' } as unknown as CampaignBody;

describe('the form of a campaign', () => {
  it('has no code and is in no campaign, whatever is sent', () => {
    const typed = typedCampaign({ code: 'SUMMER', campaign: '12', budget: '1.000,00' });
    expect([typed.code, typed.campaign, typed.budget]).to.deep.equal(['', '', '1.000,00']);
  });

  it('says the budget in cents, and none where the field is empty', () => {
    const bodyWith = (budget: string): CampaignBody => campaignBody(read, typedCampaign({ budget }), t).body;
    expect(bodyWith('1.000,50').budget).to.equal(100_050);
    expect(bodyWith(' ').budget).to.equal(null);
  });

  it('names a budget that is no amount at its field', () => {
    const { errors } = campaignBody(read, typedCampaign({ budget: 'plenty' }), t);
    expect(errors.map(({ path }) => path)).to.deep.equal(['budget']);
  });

  it('takes over nothing that a voucher has of its own', () => {
    const { body } = campaignBody(read, typedCampaign({}), t);
    expect(body).to.include({ type: 'discount', title: 'Summer' }).and.not.to.have.property('note');
  });
});
