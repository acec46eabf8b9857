using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>Phones with different codecs in one room: each hears all others and not itself.</summary>
public class RoomTests
{
    private static readonly (string Number, string Codecs, double Hertz)[] Phones =
    [
        ("100", "pcmu", 400),
        ("101", "pcma", 640),
        ("102", "G722/16000/1", 880),
        ("103", "opus/48000/2", 1160),
        ("104", "L16/8000/1", 1480),
    ];

    // Four at once stay below full scale: clipped, they would make each other's frequencies.
    private const int Quiet = 4_000;

    [Fact]
    public async Task Five_phones_with_five_codecs_hear_the_four_others()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        var phones = new List<Baresip>();
        try
        {
            foreach (var (number, codecs, hertz) in Phones)
            {
                var phone = await Baresip.StartAsync(scratch, new BaresipOptions(number, server) { Codecs = codecs, ToneHertz = hertz, ToneAmplitude = Quiet });
                phones.Add(phone);
                await phone.DialAsync("*612");
                await phone.EventAsync("CALL_ESTABLISHED");
            }

            var rooms = await server.EventuallyAsync("/api/v1/rooms", r => r.GetProperty("data").GetArrayLength() == 1
                && r.GetProperty("data")[0].GetProperty("members").EnumerateArray().Count(m => m.GetProperty("speaking").GetBoolean()) == 5, "all five speak");
            Assert.Equal("12", rooms.GetProperty("data")[0].GetProperty("name").GetString());
            await Task.Delay(TimeSpan.FromSeconds(4));
            foreach (var phone in phones)
                await phone.HangUpAsync();
            await server.EventuallyAsync("/api/v1/rooms", r => r.GetProperty("data").GetArrayLength() == 0, "the room is empty");

            foreach (var phone in phones)
            {
                foreach (var other in Phones)
                {
                    // The last phone came when all were there: everybody hears everybody in the last seconds.
                    var level = ToneLevel.Of(phone.Recording(TimeSpan.FromSeconds(2.5)), other.Hertz);
                    if (other.Number == phone.Options.Number)
                        Assert.True(level < -45, $"{phone.Options.Number} hears itself: {level:0.0} dB");
                    else
                        Assert.True(level > -25, $"{phone.Options.Number} does not hear {other.Number}: {level:0.0} dB");
                }
            }
        }
        finally
        {
            foreach (var phone in phones)
                phone.Dispose();
        }
    }

    [Fact]
    public async Task Mute_deaf_and_whisper_are_settings()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var agent = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 400, ToneAmplitude = Quiet });
        using var customer = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 640, ToneAmplitude = Quiet });
        using var coach = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 880, ToneAmplitude = Quiet });
        using var muted = await Baresip.StartAsync(scratch, new BaresipOptions("103", server) { ToneHertz = 1160, ToneAmplitude = Quiet });
        using var deaf = await Baresip.StartAsync(scratch, new BaresipOptions("104", server) { ToneHertz = 1480, ToneAmplitude = Quiet });
        var phones = new[] { agent, customer, coach, muted, deaf };
        foreach (var phone in phones)
        {
            await phone.DialAsync("*67");
            await phone.EventAsync("CALL_ESTABLISHED");
        }

        var room = await server.EventuallyAsync("/api/v1/rooms/7", r => r.GetProperty("data").GetProperty("members").GetArrayLength() == 5, "all are there");
        int Member(string number) => room.GetProperty("data").GetProperty("members").EnumerateArray().Single(m => m.GetProperty("number").GetString() == number).GetProperty("member").GetInt32();

        // The coach listens, and only the agent hears him. Whoever is muted hears, and whoever is deaf is heard.
        await server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/7/members/{Member("102")}", new { heardByAll = false });
        await server.SendAsync(HttpMethod.Put, "/api/v1/rooms/7/routes", new { from = Member("102"), to = Member("100"), gainDb = 0 });
        await server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/7/members/{Member("103")}", new { muted = true });
        await server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/7/members/{Member("104")}", new { deaf = true });
        await Task.Delay(TimeSpan.FromSeconds(4));
        foreach (var phone in phones)
            await phone.HangUpAsync();
        await server.EventuallyAsync("/api/v1/rooms", r => r.GetProperty("data").GetArrayLength() == 0, "the room is empty");

        var last = TimeSpan.FromSeconds(2.5);
        AssertHears(agent.Recording(last), [640, 880, 1480], [400, 1160]);
        AssertHears(customer.Recording(last), [400, 1480], [640, 880, 1160]);
        AssertHears(coach.Recording(last), [400, 640, 1480], [880, 1160]);
        AssertHears(muted.Recording(last), [400, 640, 1480], [880, 1160]);
        AssertHears(deaf.Recording(last), [], [400, 640, 880, 1160, 1480]);
    }

    private static void AssertHears(WavFile recording, double[] there, double[] notThere)
    {
        foreach (var hertz in there)
            Assert.True(ToneLevel.Of(recording, hertz) > -25, $"{hertz} Hz is missing: {ToneLevel.Of(recording, hertz):0.0} dB");
        foreach (var hertz in notThere)
            Assert.True(ToneLevel.Of(recording, hertz) < -45, $"{hertz} Hz is there: {ToneLevel.Of(recording, hertz):0.0} dB");
    }
}
