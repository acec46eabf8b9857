using System.Net.Http.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>What phones may watch: each scenario is a phone that subscribes, reads its documents and leaves.</summary>
public class EventScenarioTests(SippServer server) : IClassFixture<SippServer>
{
    // RFC 6665 §4.1, §4.2; §8.2.1. RFC 3680 §4, §7.
    [Theory]
    [InlineData("6665", true)]
    [InlineData("6665-unknown", true)]
    [InlineData("3680", true)]
    [InlineData("3680-others", false)]
    public async Task A_subscription_is_granted_or_refused(string name, bool isOwn)
    {
        var phone = await server.RegisteredAsync();
        await server.RunAsync(name, phone with { Port = FreePorts.Next() }, isOwn ? phone : server.Phone());
    }

    // RFC 3842 §3, §5
    [Fact]
    public async Task A_mailbox_lights_its_lamp()
    {
        var (phone, signal) = (server.Phone(), server.Signal());
        using var watcher = server.Start("3842", phone, values: ("signal", signal));
        await SippServer.SignalledAsync(signal, watcher);
        using var set = await server.Server.Http.PutAsJsonAsync($"/api/v1/mailboxes/{phone.Number}", new { newMessages = 2, oldMessages = 1 });
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync());
        await SippServer.SucceedsAsync("3842", watcher);
    }

    // RFC 4235 §3.7.2, §4
    [Fact]
    public async Task A_lamp_follows_a_call()
    {
        var (watching, signal, bob) = (server.Phone(), server.Signal(), await server.RegisteredAsync());
        using var watcher = server.Start("4235", watching, bob, values: ("signal", signal));
        using var call = await SippTalk.StartAsync(server, server.Phone(), bob);
        await SippServer.SignalledAsync(signal, watcher);
        await server.RunAsync("hang-up", call.Caller with { Port = FreePorts.Next() }, bob, values: call.Dialog);
        await call.CalleeEndedAsync();
        await SippServer.SucceedsAsync("4235", watcher);
    }

    // RFC 3856 §6, RFC 3903 §6
    [Fact]
    public async Task Presence_follows_what_is_published()
    {
        var (watching, signal, bob) = (server.Phone(), server.Signal(), await server.RegisteredAsync());
        using var watcher = server.Start("3856", watching, bob, values: ("signal", signal));
        await SippServer.SignalledAsync(signal, watcher);
        await server.RunAsync("3903", bob with { Port = FreePorts.Next() });
        await SippServer.SucceedsAsync("3856", watcher);
    }
}
