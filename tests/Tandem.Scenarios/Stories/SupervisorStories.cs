using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>A supervisor by his own phone: the PIN, the tone for the agent, each key, taking a call over, following the agent. Tones say who hears him.</summary>
[Collection(StageStories.Name)]
public class SupervisorStories(Stage stage)
{
    // What the agent is told by, 200 ms long.
    private const double Notice = 1_000;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_PIN_lets_him_in_the_agent_hears_a_tone_and_he_takes_the_call_over()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (customer, agent, supervisor) = (phones[0], phones[1], phones[2]);
        await RulesAsync("4712", tellAgent: true);
        await customer.DialAsync("101");
        await customer.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await supervisor.DialAsync("*33101");
        await supervisor.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await supervisor.TypeAsync("1111");
        await supervisor.HearsAsync(all => Loudest(all, Notice) < double.PositiveInfinity, "anything", null, Stage.Patience);
        Assert.Equal(0, (await Server.GetAsync("/api/v1/monitors")).GetProperty("data").GetArrayLength());
        await supervisor.TypeAsync("4712");
        await stage.DataAsync("/api/v1/monitors", m => m.GetArrayLength() == 1, "the supervisor is there");
        await Hearing.UntilAsync(supervisor, [customer, agent], [supervisor]);
        await agent.HearsAsync(all => Loudest(all, Notice) > -34, "the tone that says that somebody listens", null, Stage.Patience);

        foreach (var (key, byAgent, byCustomer) in new[] { ('1', true, false), ('2', false, true), ('3', true, true), ('0', false, false) })
        {
            await supervisor.PressAsync(key);
            await Hearing.UntilAsync(agent, byAgent ? [customer, supervisor] : [customer], byAgent ? [agent] : [agent, supervisor]);
            await Hearing.UntilAsync(customer, byCustomer ? [agent, supervisor] : [agent], byCustomer ? [customer] : [customer, supervisor]);
        }

        Assert.True(Loudest(customer.Recording(), Notice) < -34, "the customer heard the tone that is for the agent");
        await supervisor.PressAsync('#');
        await agent.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(customer, [supervisor], [agent, customer]);
        await Hearing.UntilAsync(supervisor, [customer], [agent, supervisor]);
        await supervisor.HangUpAsync();
        await customer.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
    }

    // Coming, going and each change of mode: to the customer the agent sounds on without a hole or a jump. All of it is in the audit log.
    [Fact]
    public async Task The_customer_hears_neither_him_nor_that_he_comes_and_goes()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (customer, agent, supervisor) = (phones[0], phones[1], phones[2]);
        await RulesAsync("", tellAgent: false);
        await customer.DialAsync("101");
        await Hearing.UntilAsync(customer, [agent], [customer]);
        await supervisor.DialAsync("*33101");
        await Hearing.UntilAsync(supervisor, [customer, agent], [supervisor]);
        await supervisor.PressAsync('1');
        await Hearing.UntilAsync(agent, [customer, supervisor], [agent]);
        await supervisor.PressAsync('0');
        await Hearing.UntilAsync(agent, [customer], [agent, supervisor]);
        var watched = (await Server.GetAsync("/api/v1/monitors")).GetProperty("data")[0].GetProperty("callId").GetString();
        await supervisor.PressAsync('*');
        await supervisor.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(agent, [customer], [agent, supervisor]);
        await customer.HangUpAsync();
        await stage.SilenceAsync();
        var heard = customer.Heard(agent.Options.ToneHertz);
        Assert.True(heard is { Gaps: 0, Jumps: 0 }, $"the customer heard holes or jumps: {heard}");
        Hearing.AssertNever(customer, supervisor);
        foreach (var (action, count) in new[] { ("monitor.start", 1), ("monitor.mode", 2), ("monitor.end", 1) })
            await stage.DataAsync($"/api/v1/audit?action={action}&target={watched}", a => a.GetProperty("entries").GetArrayLength() == count, $"{action} is in the audit log");
        await Server.SendAsync(HttpMethod.Put, "/api/v1/monitor-rules", new { supervisors = Array.Empty<string>(), pin = "", tellAgent = false });
    }

    [Fact]
    public async Task He_follows_the_agent_from_call_to_call()
    {
        var phones = await stage.PhonesAsync("100", "101", "102", "103");
        var (first, agent, supervisor, second) = (phones[0], phones[1], phones[2], phones[3]);
        await RulesAsync("", tellAgent: false);
        await supervisor.DialAsync("*33101");
        await supervisor.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        foreach (var (customer, before) in new[] { (first, second), (second, first) })
        {
            await customer.DialAsync("101");
            await customer.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            await Hearing.UntilAsync(supervisor, [customer, agent], [supervisor, before]);
            await Hearing.UntilAsync(customer, [agent], [supervisor]);
            await customer.HangUpAsync();
            await Server.EventuallyAsync("/api/calls", calls => calls.GetArrayLength() == 1, "the customer is gone", Stage.Patience);
        }

        await supervisor.PressAsync('*');
        await supervisor.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        await Server.SendAsync(HttpMethod.Put, "/api/v1/monitor-rules", new { supervisors = Array.Empty<string>(), pin = "", tellAgent = false });
    }

    private Task RulesAsync(string pin, bool tellAgent) => Server.SendAsync(HttpMethod.Put, "/api/v1/monitor-rules", new { supervisors = new[] { "102" }, pin, tellAgent });

    private static double Loudest(WavFile recording, double hertz)
    {
        var window = recording.SampleRate / 10;
        var best = double.NegativeInfinity;
        for (var at = 0; at + window <= recording.Samples.Length; at += window / 2)
            best = Math.Max(best, ToneLevel.Of(recording with { Samples = recording.Samples[at..(at + window)] }, hertz));
        return best;
    }
}
