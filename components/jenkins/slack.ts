export interface SlackArgs {
  /** Workspace: `acme` of acme.slack.com. */
  workspace: string;
  /** Channel of messages that name none. */
  channel: string;
  /** Credential with the token of a bot; a token of another kind gets 404. */
  credentialsId: string;
}

/** Where messages of pipelines go. */
export function slack({ workspace, channel, credentialsId }: SlackArgs) {
  return {
    slackNotifier: { teamDomain: workspace, room: channel, tokenCredentialId: credentialsId, botUser: true },
  };
}
