import { createServer } from "node:net";

import { expect } from "chai";

import { freePort } from "../../../local/clusters/ports";

describe("ports", () => {
  it("are the wanted ones as soon as nobody has them, and others when somebody keeps them", async () => {
    const wanted = await freePort();
    expect(await freePort(wanted)).to.equal(wanted);

    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(wanted, "127.0.0.1", resolve));
    expect(await freePort(wanted)).to.not.equal(wanted);
    setTimeout(() => holder.close(), 200);
    expect(await freePort(wanted)).to.equal(wanted);
  });
});
