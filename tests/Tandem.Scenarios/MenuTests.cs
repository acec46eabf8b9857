using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>A real phone is led through a menu by its keys to another one: it hears the menu first and that phone then, and the phone hears it.</summary>
public class MenuTests
{
    private const double Menu = 700;
    private const double Caller = 400;
    private const double Office = 1_160;

    private static readonly object Flow = new
    {
        steps = new Dictionary<string, object>
        {
            ["menu"] = new Dictionary<string, object>
            {
                ["do"] = "menu",
                ["prompt"] = "tone:700/8000",
                ["keys"] = new Dictionary<string, string> { ["1"] = "pin" },
                ["wait"] = 30,
            },
            ["pin"] = new Dictionary<string, object> { ["do"] = "collect", ["min"] = 4, ["max"] = 4, ["secret"] = true, ["into"] = "pin", ["wait"] = 30, ["next"] = "check" },
            ["check"] = new Dictionary<string, object>
            {
                ["do"] = "branch",
                ["cases"] = new[] { new Dictionary<string, object> { ["variable"] = "pin", ["equals"] = "4711", ["next"] = "office" } },
                ["otherwise"] = "bye",
            },
            ["office"] = new Dictionary<string, object> { ["do"] = "transfer", ["to"] = "extension:101", ["onFailed"] = "bye" },
            ["bye"] = new Dictionary<string, object> { ["do"] = "hangup" },
        },
    };

    [Fact]
    public async Task Keys_lead_to_a_person_and_tones_say_who_hears_whom()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await server.SendAsync(HttpMethod.Put, "/api/v1/ivr/flows/main", Flow);
        await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/menu", new { numbers = new[] { "500" }, actions = new[] { new { to = "ivr:main" } } });
        using var office = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Office });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Caller });
        await caller.DialAsync("500");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(3));
        foreach (var key in "14711")
        {
            await caller.PressAsync(key);
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }

        await office.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(4));
        await caller.HangUpAsync();
        await office.EventAsync("CALL_CLOSED");
        await server.EventuallyAsync(
            "/api/v1/ivr/flows/main/counts",
            counts => counts.GetProperty("data").EnumerateArray().Count(step => step.GetProperty("done").GetInt64() == 1) == 4,
            "the four steps of the way were counted");

        var heard = caller.Recording();
        Assert.True(ToneLevel.Of(heard, Menu) > -30, "the caller does not hear the menu");
        Assert.True(ToneLevel.Of(caller.Recording(TimeSpan.FromSeconds(2.5)), Office) > -25, "the caller does not hear the office");
        Assert.True(ToneLevel.Of(caller.Recording(TimeSpan.FromSeconds(2.5)), Menu) < -45, "the menu goes on");
        Assert.True(ToneLevel.Of(office.Recording(TimeSpan.FromSeconds(2.5)), Caller) > -25, "the office does not hear the caller");
        Assert.True(ToneLevel.Of(office.Recording(), Menu) < -45, "the office hears the menu");
    }
}
