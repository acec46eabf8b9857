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
        var profile = await server.EventuallyAsync("/api/v1/profiles/" + id, p => StatusOf(p.GetProperty("data")) == "registered", "the profile is registered with its new password");
        Assert.Equal(1, profile.GetProperty("data").GetProperty("state").GetProperty("calls").GetInt32());
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
        await world.EventAsync("CALL_CLOSED");
        foreach (var (one, hertz) in new[] { (phone, 700.0), (world, 1000.0) })
        {
            var inbound = one.Heard(hertz, TimeSpan.FromSeconds(2));
            Assert.True(inbound.Heard > TimeSpan.FromSeconds(1), $"{one.Options.Number} heard the call from outside as {inbound}");
        }

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
    public async Task A_thousand_profiles_register_refresh_and_are_registered_again_after_the_provider_came_back()
    {
        const int Count = 1_000;
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>(Settings) { ["PROFILE_REGISTER_RATE"] = "500", ["PROFILE_MIN_EXPIRES"] = "20" });

        // It grants 20 s: a refresh comes after about 10.
        using var provider = await KamailioProvider.StartAsync(scratch, FreePorts.Next(), "pass", longest: 20);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await AddAsync(server, "p" + i, provider.Port, "pass", user: "user" + i));
        var added = watch.Elapsed;
        var first = ExpiriesOf(await AllAsync(server, "registered", Count));
        var registered = watch.Elapsed;
        var refreshed = await server.EventuallyAsync(
            "/api/v1/profiles", list => ExpiriesOf(list) is var now && now.All(p => p.Value > first[p.Key] && p.Value > DateTimeOffset.UtcNow), "all profiles are refreshed", 120);
        var afterRefresh = watch.Elapsed;
        Assert.All(refreshed.GetProperty("data").EnumerateArray(), p => Assert.Equal("registered", StatusOf(p)));

        // All hear of it when they ask again; who was told that nobody is there tries again by himself.
        provider.Stop();
        await AllAsync(server, "failed", Count);
        var noticed = watch.Elapsed;
        await provider.RestartAsync();
        await AllAsync(server, "registered", Count);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Count} profiles: added in {added.TotalSeconds:0.0} s, registered after {registered.TotalSeconds:0.0} s, refreshed after {afterRefresh.TotalSeconds:0.0} s, "
            + $"the loss noticed by all in {(noticed - afterRefresh).TotalSeconds:0.0} s, all back in {(watch.Elapsed - noticed).TotalSeconds:0.0} s, {watch.Elapsed.TotalSeconds:0.0} s in all");
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

    private static Task<JsonElement> AllAsync(TandemServer server, string status, int count) => server.EventuallyAsync(
        "/api/v1/profiles", list => list.GetProperty("data").EnumerateArray().Count(p => StatusOf(p) == status) == count, $"all profiles are {status}", 180);

    private static Dictionary<string, DateTimeOffset> ExpiriesOf(JsonElement list) => list.GetProperty("data").EnumerateArray().ToDictionary(
        p => p.GetProperty("id").GetString()!,
        p => p.GetProperty("state").TryGetProperty("expiresAt", out var at) && at.ValueKind == JsonValueKind.String ? at.GetDateTimeOffset() : DateTimeOffset.MinValue);
}
