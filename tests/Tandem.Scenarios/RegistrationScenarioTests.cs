using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>How a phone is reached: sipp registers, and calls arrive where the RFC of each scenario says.</summary>
public class RegistrationScenarioTests(SippServer server) : IClassFixture<SippServer>
{
    // RFC 3327 §5.3, §5.4
    [Fact]
    public async Task A_path_is_kept_and_leads_to_the_phone()
    {
        // The proxy passes the REGISTER on, so it comes from where the calls go.
        var phone = server.Phone();
        await server.RunAsync("3327", phone with { Port = server.EdgePort });
        await CalledThroughEdgeAsync("3327-edge", phone);
        await server.RunAsync("3327-unsupported", server.Phone());
    }

    // RFC 3263 §4: the SRV record of a domain that has no address of its own leads to the proxy.
    [Fact]
    public async Task A_path_by_name_leads_where_the_name_server_says()
    {
        var phone = server.Phone();
        await server.RunAsync("3263", phone);
        await CalledThroughEdgeAsync("3263-edge", phone);
    }

    [Fact]
    public Task The_service_route_is_told() => server.RunAsync("3608", server.Phone());

    // RFC 5626 §6
    [Fact]
    public async Task A_flow_is_one_contact_wherever_it_comes_from()
    {
        var phone = server.Phone();
        await server.RunAsync("5626", phone, overTcp: true);
        await server.RunAsync("5626-moved", phone with { Port = FreePorts.Next() }, values: ("old", $"{phone.Port}"));
        await server.RunAsync("5626-behind", server.Phone());
    }

    // RFC 5923 §8.2, §9: alias changes nothing, and what was opened by others is not used again: the call comes to the contact.
    [Fact]
    public async Task An_alias_is_no_way_to_a_phone()
    {
        var (caller, phone) = (server.Phone(), server.Phone());
        var there = phone with { Port = FreePorts.Next() };
        await server.RunAsync("5923", phone, overTcp: true, values: ("listening", $"{there.Port}"));
        using var called = await server.ListenAsync("plain.callee", there, caller, overTcp: true);
        await server.RunAsync("plain.caller", caller, phone);
        await SippServer.SucceedsAsync("plain.callee", called);
    }

    // RFC 5630 §5.1.2; over TLS the same request is answered: TlsAndWebSocketTests.
    [Fact]
    public Task A_promise_of_sips_is_not_kept_in_clear() => server.RunAsync("5630", server.Phone());

    private async Task CalledThroughEdgeAsync(string scenario, SippPhone phone)
    {
        var caller = server.Phone();
        using var edge = await server.ListenAsync(scenario, phone with { Port = server.EdgePort }, caller);
        using var calling = server.Start("plain.caller", caller, phone);
        await SippServer.SucceedsAsync(scenario, edge, calling);
        await SippServer.SucceedsAsync("plain.caller", calling, edge);
    }
}
