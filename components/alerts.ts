import * as monitoring from "@pulumi/gcp/monitoring";
import * as pulumi from "@pulumi/pulumi";

export interface AlertsArgs {
  email: string;
  /** Channel with its `#`. */
  slackChannel: string;
  slackToken: pulumi.Input<string>;
}

/** Where alerts of an environment go: a mailbox and a Slack channel. */
export class Alerts extends pulumi.ComponentResource {
  /** Ids of the notification channels, for alert policies. */
  public readonly channels: pulumi.Output<string>[];
  /** Id of the channel that is a mailbox: some of Google's notices go to no other. */
  public readonly email: pulumi.Output<string>;

  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Alerts", name, {}, opts);

    const email = new monitoring.NotificationChannel(
      `${name}-email`,
      { type: "email", displayName: args.email, labels: { email_address: args.email } },
      { parent: this },
    );
    const slack = new monitoring.NotificationChannel(
      `${name}-slack`,
      {
        type: "slack",
        displayName: args.slackChannel,
        labels: { channel_name: args.slackChannel },
        sensitiveLabels: { authToken: args.slackToken },
      },
      { parent: this },
    );

    this.channels = [email.id, slack.id];
    this.email = email.id;
    this.registerOutputs({ channels: this.channels, email: this.email });
  }
}
