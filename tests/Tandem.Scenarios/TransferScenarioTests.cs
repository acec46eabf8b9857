using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Calls that change their parties from outside of the call; those from inside it are in <see cref="TransferTests"/>.</summary>
public class TransferScenarioTests(SippServer server) : IClassFixture<SippServer>
{
    // RFC 3891 §3, RFC 5589 §7.3
    [Fact]
    public async Task An_invite_with_replaces_takes_over_a_call()
    {
        var (ada, bob, cleo) = (server.Phone(), await server.RegisteredAsync(), server.Phone());
        using var call = await SippTalk.StartAsync(server, ada, bob, third: cleo);
        await server.RunAsync("3891", cleo, bob, values: call.Dialog);
        await call.EndedAsync();
        await server.RunAsync("3891-unknown", cleo, bob);
    }

    // RFC 5589 §7.3, RFC 3891 §3, RFC 3515 §2.4: two calls of one phone become one of the two others.
    [Fact]
    public async Task Who_was_asked_first_gets_the_call()
    {
        var (ada, bob, cleo) = (server.Phone(), await server.RegisteredAsync(), await server.RegisteredAsync());
        using var asked = await SippTalk.StartAsync(server, ada, cleo, third: bob, scenario: "consulted.callee");
        using var transferee = await server.ListenAsync("talker.callee", bob, ada, values: ("third", cleo.Number));
        var escaped = ("escaped", asked.Dialog[0].Value.Replace("@", "%40", StringComparison.Ordinal));
        await server.RunAsync("5589.caller", ada with { Port = FreePorts.Next() }, bob, values: [.. asked.Dialog, escaped, ("third", cleo.Number)]);
        await SippServer.SucceedsAsync("talker.callee", transferee);
        await asked.EndedAsync();
    }

    // RFC 4538 §4, RFC 3892 §2.2
    [Fact]
    public async Task A_refer_outside_of_the_call_names_it()
    {
        var (ada, bob, cleo) = (server.Phone(), await server.RegisteredAsync(), await server.RegisteredAsync());
        using var call = await SippTalk.StartAsync(server, ada, bob, third: cleo);
        using var target = await server.ListenAsync("target", cleo, bob, values: ("referrer", ada.Number));
        await server.RunAsync("4538", ada with { Port = FreePorts.Next() }, bob, values: [.. call.Dialog, ("third", cleo.Number)]);
        await call.EndedAsync();
        await SippServer.SucceedsAsync("target", target);
        await server.RunAsync("4538-foreign", server.Phone(), bob, values: ("third", cleo.Number));
    }

    // RFC 4488 §4: the next thing that the referrer hears after its 202 is BYE.
    [Fact]
    public async Task Without_a_subscription_nothing_is_told()
    {
        var (ada, bob, cleo) = (server.Phone(), await server.RegisteredAsync(), await server.RegisteredAsync());
        using var transferee = await server.ListenAsync("talker.callee", bob, ada, values: ("third", cleo.Number));
        using var target = await server.ListenAsync("target", cleo, bob, values: ("referrer", ada.Number));
        await server.RunAsync("4488.caller", ada, bob, values: ("third", cleo.Number));
        await SippServer.SucceedsAsync("talker.callee", transferee);
        await SippServer.SucceedsAsync("target", target);
    }
}
