using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Calls that leave the exchange, with phones that play providers: who carries a call, what he is told, and that each is heard.</summary>
[Collection(OpenStageStories.Name)]
public class OutsideStories(OpenStage stage)
{
    private const string Callee = "+4930111222";
    private const double First = 2_300;
    private const double Second = 2_600;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Weights_and_lists_say_which_provider_carries_a_call_and_what_he_is_told()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        using var one = await WorldAsync(Callee, First);
        using var two = await WorldAsync(Callee, Second);
        var (first, second) = (await ProfileAsync("one", one), await ProfileAsync("two", two));

        // What is dialled is not what the provider gets, nor is the caller.
        await RuleAsync("prefix:9030", "trunk:{number}", 1, new() { [first] = 0, [second] = 1 }, "+4930777");
        await caller.DialAsync("9030111222");
        Assert.Contains("+4930777@", await TalkAndHangUpAsync(caller, two));
        Assert.False(one.HasHeard);

        // By chance each has its calls (one of them has 20 in a row once in 500,000 times; 30 in a minute would trip the toll guard), by weight alone the first; when it is gone the other one follows.
        await RuleAsync("602", "trunk:" + Callee, 0, new() { [first] = 1, [second] = 1 });
        var reached = new HashSet<Baresip>();
        for (var tries = 0; tries < 20 && reached.Count < 2; tries++)
        {
            Forget(caller, one, two);
            await caller.DialAsync("602");
            await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            reached.Add(Assert.Single(new[] { one, two }, provider => provider.HasHeard));
            await caller.HangUpAsync();
            await caller.EventAsync("CALL_CLOSED", Stage.Patience);
            await stage.SilenceAsync();
        }

        Assert.Equal(2, reached.Count);
        await RuleAsync("602", "trunk:" + Callee, 0, new() { [first] = 1, [second] = 0 });
        Forget(caller, one, two);
        await caller.DialAsync("602");
        await TalkAndHangUpAsync(caller, one);
        Assert.False(two.HasHeard);
        one.Dispose();
        Forget(caller, two);
        await caller.DialAsync("602");
        await TalkAndHangUpAsync(caller, two);
        var record = (await Server.GetAsync("/api/v1/cdrs?limit=1")).GetProperty("data").GetProperty("cdrs")[0];
        Assert.Equal(second, record.GetProperty("profileId").GetString());
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + first);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + second);
    }

    [Fact]
    public async Task A_sip_address_outside_is_called_and_both_are_heard()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        using var bob = await WorldAsync("bob", First);
        await stage.RuleAsync("604", new { to = $"external:sip:bob@127.0.0.1:{bob.SipPort}" });
        await caller.DialAsync("604");
        await TalkAndHangUpAsync(caller, bob);
    }

    [Fact]
    public async Task What_an_extension_shows_of_itself_outside_is_its_own_rule()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        using var office = await WorldAsync(Callee, First);
        var profile = await ProfileAsync("shows", office);
        await stage.RuleAsync("605", new { to = $"trunk:{Callee}@{profile}" });
        foreach (var (features, shown) in new (object, string)[] { (new { callerId = "+4930888" }, "+4930888@"), (new { callerId = "+4930888", hidesCallerId = true }, "anonymous@") })
        {
            await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/100/features", features);
            Forget(caller, office);
            await caller.DialAsync("605");
            Assert.Contains(shown, await TalkAndHangUpAsync(caller, office));
        }

        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + profile);
    }

    // The exchange has an extension 112, from the time before anybody thought of it: who dials it gets help all the same, and nobody else where there is none.
    [Fact]
    public async Task Who_dials_for_help_gets_it_and_not_the_extension_of_that_number()
    {
        var phones = await stage.PhonesAsync("100", "112");
        var (caller, extension) = (phones[0], phones[1]);
        using var help = await WorldAsync("112", First);
        var profile = await ProfileAsync("help", help);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/100/features", new { allowedDestinations = new[] { "101" } });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/all", new { numbers = new[] { "prefix:1" }, callers = new[] { "100" }, actions = new[] { new { to = "extension:112" } } });
        await caller.DialAsync("112");
        await TalkAndHangUpAsync(caller, help);
        var record = (await Server.GetAsync("/api/v1/cdrs?limit=1")).GetProperty("data").GetProperty("cdrs")[0];
        Assert.Equal(("112", profile), (record.GetProperty("callee").GetString(), record.GetProperty("profileId").GetString()));

        // The extension is rung where it is meant.
        await stage.RuleAsync("607", new { to = "extension:112" });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/100/features", new { });
        Forget(caller, extension);
        await caller.DialAsync("607");
        await extension.EventAsync("CALL_INCOMING", Stage.Patience);
        await extension.AcceptAsync();
        await TalkAndHangUpAsync(caller, extension);

        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + profile);
        Forget(caller);
        await caller.DialAsync("112");
        Assert.StartsWith("404", (await caller.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/routing/rules/all");
    }

    private Task<Baresip> WorldAsync(string user, double hertz) =>
        Baresip.StartAsync(stage.Scratch, new BaresipOptions(user, Server) { ToneHertz = hertz, ToneAmplitude = 6_000, Register = false, Seconds = 300 }, expectRegistered: false);

    private async Task<string> ProfileAsync(string name, Baresip provider) => (await Server.SendAsync(
        HttpMethod.Post, "/api/v1/profiles", new { name, server = "127.0.0.1", port = provider.SipPort, registers = false, prefixes = new[] { "192.0.2.77/32" }, countryCode = "49", nationalPrefix = "0", fromUser = "callerId" }, 201))
        .GetProperty("data").GetProperty("id").GetString()!;

    private Task RuleAsync(string numbers, string to, int strip, Dictionary<string, int> profiles, string? callerId = null) => Server.SendAsync(
        HttpMethod.Put, "/api/v1/routing/rules/trunk" + numbers[^3..], new { numbers = new[] { numbers }, actions = new[] { new { to, strip, profiles, callerId } } });

    // Returns who calls, as the callee was told.
    private async Task<string?> TalkAndHangUpAsync(Baresip caller, Baresip callee)
    {
        var told = await callee.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Hearing.UntilAsync(caller, [callee], [caller]);
        await Hearing.UntilAsync(callee, [caller], [callee]);
        await caller.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await callee.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        return told.GetProperty("peeruri").GetString();
    }

    private static void Forget(params Baresip[] phones)
    {
        foreach (var phone in phones)
            phone.Forget();
    }
}
