using Tandem.Scenarios.Peers;
using Tandem.Scenarios.Stories;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>A message that a caller leaves and its owner hears; a queue with two agents. Tones say who hears what.</summary>
public class VoicemailAndQueueTests
{
    private const double Message = 640;
    private const int Patience = 60;

    [Fact]
    public async Task A_message_lights_the_lamp_and_its_owner_hears_it()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);

        // A queue in which nobody serves leads straight to the voicemail.
        await server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "nobody", number = "750", overflow = "voicemail:101" }, 201);
        using var owner = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { HasLamp = true });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Message });
        await owner.LampAsync(isOn: false, Patience);
        await caller.DialAsync("750");
        await caller.EventAsync("CALL_ESTABLISHED", Patience);
        await server.EventuallyAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("data").GetProperty("recordings").GetArrayLength() == 1, "the message is being recorded", Patience);
        await Task.Delay(TimeSpan.FromSeconds(5));
        await caller.HangUpAsync();

        await owner.LampAsync(isOn: true, Patience);
        await server.EventuallyAsync("/api/v1/mailboxes/101/messages", r => r.GetProperty("data").GetArrayLength() == 1, "the message is there", Patience);
        await owner.HearMessageAsync(server, Patience);
        Hearing.AssertTone(owner, Message);
    }

    [Fact]
    public async Task A_caller_hears_music_until_the_second_agent_answers()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await server.CommandAsync("queues", "set", "sales", "--number", "700");
        await server.CommandAsync("queues", "member", "sales", "101");
        await server.CommandAsync("queues", "member", "sales", "102", "--tier", "2");
        await server.EventuallyAsync("/api/v1/agents", r => r.GetProperty("data").GetArrayLength() == 2, "the server follows the command line", Patience);
        await server.SendAsync(HttpMethod.Put, "/api/v1/queues/sales", new { number = "700", ringSeconds = 5, announceEverySeconds = 0 });

        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 400 });
        using var first = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 640, AnswerMode = "manual" });
        using var second = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 880, AnswerMode = "manual" });
        foreach (var agent in new[] { first, second })
        {
            await agent.DialAsync("*51");
            await agent.EventAsync("CALL_CLOSED", Patience);
        }

        await caller.DialAsync("700");
        await caller.EventAsync("CALL_ESTABLISHED", Patience);
        await first.EventAsync("CALL_INCOMING", Patience);
        await second.EventAsync("CALL_INCOMING", Patience);
        await second.AcceptAsync();
        await server.EventuallyAsync("/api/v1/agents/102", r => r.GetProperty("data").GetProperty("state").GetString() == "TALKING", "the second agent talks", Patience);
        await Task.Delay(TimeSpan.FromSeconds(5));
        await second.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Patience);

        var heard = caller.Recording();
        Assert.True(Hearing.Loudest(heard, 880) > -25, $"the caller does not hear the agent: {Hearing.Loudest(heard, 880):0.0} dB");
        Assert.True(Hearing.Loudest(heard, 640) < -35, $"the caller hears the agent who did not answer: {Hearing.Loudest(heard, 640):0.0} dB");
        Assert.True(Hearing.Loudest(second.Recording(), 400) > -25, "the agent does not hear the caller");

        // He waited 5 s at least, and there was something to hear.
        var waiting = heard with { Samples = heard.Samples[..(heard.SampleRate * 4)] };
        Assert.True(Math.Sqrt(waiting.Samples.Average(sample => (double)sample * sample)) > 100, "the caller heard no music");
        Assert.True(ToneLevel.Of(waiting, 880) < -45, "the caller heard the agent before he answered");
        var state = (await server.GetAsync("/api/v1/queues/sales/state")).GetProperty("data").GetProperty("figures");
        Assert.Equal((1, 1, 0), (state.GetProperty("joined").GetInt32(), state.GetProperty("answered").GetInt32(), state.GetProperty("abandoned").GetInt32()));
    }
}
