using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>SIP profiles at real providers: two Kamailios with digest, and a phone behind them that plays the outside world.</summary>
public class ProviderTests
{
    private const string Did = "+4930123456";

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["PROFILE_RETRY_BASE"] = "1",
        ["PROFILE_RETRY_MAX"] = "2",
        ["PROFILE_FAILOVER_TIMEOUT"] = "2000",
    };

    [Fact]
    public async Task A_profile_registers_within_a_second_calls_go_out_and_come_in_and_a_changed_password_leaves_them_alone()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var phone = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 1000 });
        using var world = await Baresip.StartAsync(scratch, new BaresipOptions("world", server) { ToneHertz = 700, Register = false }, expectRegistered: false);
        using var provider = await KamailioProvider.StartAsync(scratch, world.SipPort, "first");
        var id = await AddAsync(server, "carrier", provider.Port, "first");
        await RegisteredAsync(server, id, "registered");
        await server.SendAsync(HttpMethod.Put, $"/api/v1/numbers/{Did}", new { target = "100" });

        // Out, with tone both ways.
        await phone.DialAsync("030999999");
        await phone.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(2000);

        // The password changes at both ends while they talk.
        await provider.ChangePasswordAsync("second");
        await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, new { password = "second" });
        await Task.Delay(1500);
        Assert.Equal(1, (await server.GetAsync("/api/calls")).GetArrayLength());
        var state = (await server.GetAsync("/api/v1/profiles/" + id)).GetProperty("data").GetProperty("state");
        Assert.Equal(("registered", 1), (state.GetProperty("status").GetString(), state.GetProperty("calls").GetInt32()));
        await phone.HangUpAsync();
        await world.EventAsync("CALL_CLOSED");
        foreach (var (one, hertz) in new[] { (phone, 700.0), (world, 1000.0) })
        {
            var heard = one.Heard(hertz);
            Assert.True(heard.Heard > TimeSpan.FromSeconds(2), $"{one.Options.Number} heard only {heard}");
        }

        // The next call has the new password.
        await phone.DialAsync("030999999");
        await phone.EventAsync("CALL_ESTABLISHED");
        await phone.HangUpAsync();
        await world.EventAsync("CALL_CLOSED");

        // In.
        await world.DialAsync($"sip:{Did}@127.0.0.1:{provider.Port}");
        await world.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(2000);
        await world.HangUpAsync();
        await phone.EventAsync("CALL_CLOSED");
        var inbound = phone.Heard(700, TimeSpan.FromSeconds(2));
        Assert.True(inbound.Heard > TimeSpan.FromSeconds(1), $"the call from outside was heard as {inbound}");
        await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 3, "all calls are in the history");
    }

    [Fact]
    public async Task The_second_provider_takes_the_call_when_the_first_is_gone()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var phone = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var world = await Baresip.StartAsync(scratch, new BaresipOptions("world", server) { Register = false }, expectRegistered: false);
        using var first = await KamailioProvider.StartAsync(scratch, world.SipPort, "pass");
        using var second = await KamailioProvider.StartAsync(scratch, world.SipPort, "pass", hasQop: true);
        var one = await AddAsync(server, "one", first.Port, "pass", priority: 1);
        var two = await AddAsync(server, "two", second.Port, "pass", priority: 2);
        await RegisteredAsync(server, one, "registered");
        await RegisteredAsync(server, two, "registered");
        first.Stop();
        await phone.DialAsync("030999999");
        await phone.EventAsync("CALL_ESTABLISHED");
        Assert.Equal(0, (await server.GetAsync("/api/v1/profiles/" + one)).GetProperty("data").GetProperty("state").GetProperty("calls").GetInt32());
        Assert.Equal(1, (await server.GetAsync("/api/v1/profiles/" + two)).GetProperty("data").GetProperty("state").GetProperty("calls").GetInt32());
        await phone.HangUpAsync();
        await world.EventAsync("CALL_CLOSED");
        await first.RestartAsync();
    }

    [Fact]
    public async Task A_hundred_profiles_are_registered_again_after_the_provider_came_back()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var provider = await KamailioProvider.StartAsync(scratch, FreePorts.Next(), "pass");
        var ids = new List<string>();
        for (var i = 0; i < 100; i++)
            ids.Add(await AddAsync(server, "p" + i, provider.Port, "pass", user: "user" + i));
        await AllAsync(server, "registered");

        // They hear of it when they ask again: a changed expiry makes them, as time would.
        provider.Stop();
        foreach (var id in ids)
            await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, new { expirySeconds = 600 });
        await AllAsync(server, "failed");
        await provider.RestartAsync();
        await AllAsync(server, "registered");
    }

    private static async Task<string> AddAsync(TandemServer server, string name, int port, string password, int priority = 10, string user = "ada")
    {
        // The toll guard is on: a profile with a country may call that country.
        var added = await server.SendAsync(
            HttpMethod.Post, "/api/v1/profiles", new { name, server = "127.0.0.1", port, userName = user, password, priority, countryCode = "49" }, 201);
        return added.GetProperty("data").GetProperty("id").GetString()!;
    }

    private static Task RegisteredAsync(TandemServer server, string id, string status) => server.EventuallyAsync(
        "/api/v1/profiles/" + id, p => StatusOf(p.GetProperty("data")) == status, $"the profile is {status}");

    // Null for the moment before its shard has seen it.
    private static string? StatusOf(JsonElement profile) =>
        profile.GetProperty("state") is { ValueKind: JsonValueKind.Object } state ? state.GetProperty("status").GetString() : null;

    private static Task AllAsync(TandemServer server, string status) => server.EventuallyAsync(
        "/api/v1/profiles", list => list.GetProperty("data").EnumerateArray().All(p => StatusOf(p) == status), $"all profiles are {status}", 90);
}
