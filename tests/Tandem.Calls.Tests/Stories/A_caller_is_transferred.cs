using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;
using Tandem.Calls.Tests.Calls.Programs;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What a menu does that sends its caller on: who dials the test program is connected onward, and stays in it when nobody takes him.</summary>
internal static class A_caller_is_transferred
{
    /// <summary>Has the exchange do so with whoever dials <see cref="TestProgram.Number"/>.</summary>
    public static void To(ExchangeRig rig, string destination, int seconds = 30)
    {
        foreach (var shard in rig.Exchange.Shards)
        {
            var others = shard.Environment.MakeProgram;
            shard.Environment.MakeProgram = (call, service) =>
                service is ExchangeService.Echo ? new TestProgram(person => SendAsync(person, destination, seconds)) : others(call, service);
        }
    }

    private static async ValueTask<CallEnding?> SendAsync(ServedCall person, string destination, int seconds)
    {
        Assert.True(Destination.TryParse(destination, out var to, out var problem), problem);
        var plan = person.Call.Environment.Router.Plan(new RouteRequest(person.Tenant, person.Leg.Number, "") { To = to });
        var outcome = await person.ConnectAsync(plan, new ConnectOrder { Number = "500", Timeout = TimeSpan.FromSeconds(seconds) });
        if (outcome.IsConnected)
            return await person.TalkAsync();

        await person.UntilGoneAsync();
        return CallEnding.For(EndReason.Completed, CallSide.Caller, answered: true);
    }
}
