using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Ivr;
using Tandem.Server.Webhooks;

namespace Tandem.Server.Tests.Ivr;

public class IvrWebTests
{
    /// <summary>A service of one tenant that hangs leaves room for those of the others, and all that is taken comes back.</summary>
    [Fact]
    public async Task A_tenant_has_half_of_the_requests_at_most()
    {
        var gate = new TaskCompletionSource<Secret?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var web = new IvrWeb(IvrOptions.Default with { MaxWebRequests = 4 }, new WebhookTargets([]), _ => new ValueTask<Secret?>(gate.Task), TimeProvider.System);
        var (one, other) = (new TenantId("one"), new TenantId("other"));

        var waiting = new List<Task<IvrWebAnswer>> { web.AskAsync(Request(one)), web.AskAsync(Request(one)) };
        Assert.Contains("2 requests of the tenant are under way", (await web.AskAsync(Request(one))).Problem, StringComparison.Ordinal);
        waiting.Add(web.AskAsync(Request(other)));
        waiting.Add(web.AskAsync(Request(other)));
        Assert.Equal(4, web.UnderWay);
        Assert.Contains("4 requests are under way", (await web.AskAsync(Request(new TenantId("third")))).Problem, StringComparison.Ordinal);

        gate.SetResult(null);
        foreach (var answer in await Task.WhenAll(waiting))
            Assert.Contains("key is gone", answer.Problem, StringComparison.Ordinal);
        Assert.Equal(0, web.UnderWay);
        Assert.Contains("key is gone", (await web.AskAsync(Request(one))).Problem, StringComparison.Ordinal);
    }

    private static IvrWebRequest Request(TenantId tenant) => new(tenant, "ivr_1", "https://192.0.2.1/next", "{}"u8.ToArray(), TimeSpan.FromMinutes(1));
}
