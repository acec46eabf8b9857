using System.Text;
using Tandem.Core.Privacy;

namespace Tandem.Server.Webhooks;

/// <summary>Standard Webhooks, "Signature scheme": the vector that its libraries share.</summary>
public sealed class WebhookSignatureTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"test\": 2432232314}");
    private static readonly Secret Present = new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    [Fact]
    public void A_body_is_signed_with_id_and_time() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WebhookSignature.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Body, Present));

    [Fact]
    public void Two_secrets_make_two_signatures()
    {
        var both = WebhookSignature.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Body, new Secret("whsec_" + Convert.ToBase64String(new byte[32])), Present).Split(' ');
        Assert.Equal(2, both.Length);
        Assert.NotEqual(both[0], both[1]);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", both[1]);
    }
}
