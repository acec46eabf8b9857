using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>Three real phones: a supervisor at the call of an agent and a customer. Tones prove who hears whom in each mode.</summary>
public class MonitorTests
{
    private const double Agent = 400;
    private const double Customer = 640;
    private const double Supervisor = 880;

    // Two at once stay below full scale.
    private const int Quiet = 4_000;

    private static readonly TimeSpan Last = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData('0', "listen", false, false)]
    [InlineData('1', "whisper", true, false)]
    [InlineData('3', "barge", true, true)]
    public async Task A_supervisor_is_heard_by_whom_his_key_says(char key, string mode, bool byAgent, bool byCustomer)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var customer = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Customer, ToneAmplitude = Quiet });
        using var agent = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Agent, ToneAmplitude = Quiet });
        using var supervisor = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = Supervisor, ToneAmplitude = Quiet });
        await server.SendAsync(HttpMethod.Put, "/api/v1/monitor-rules", new { supervisors = new[] { "102" } });
        await customer.DialAsync("101");
        await customer.EventAsync("CALL_ESTABLISHED");
        await supervisor.DialAsync("*33101");
        await supervisor.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/v1/monitors", r => r.GetProperty("data").GetArrayLength() == 1, "the supervisor is there");
        await supervisor.PressAsync(key);
        await server.EventuallyAsync("/api/v1/monitors", r => r.GetProperty("data")[0].GetProperty("mode").GetString() == mode, $"the mode is {mode}");
        await Task.Delay(TimeSpan.FromSeconds(4));
        await supervisor.HangUpAsync();
        await customer.HangUpAsync();
        await server.EventuallyAsync("/api/calls", r => r.GetArrayLength() == 0, "both calls are over");

        // The others hear him a little less long than they talk: what counts is in the last seconds before he went.
        AssertHears(supervisor.Recording(Last), [Agent, Customer], [Supervisor]);
        AssertHears(agent.Recording(TimeSpan.FromSeconds(3)), byAgent ? [Customer, Supervisor] : [Customer], byAgent ? [Agent] : [Agent, Supervisor]);
        AssertHears(customer.Recording(TimeSpan.FromSeconds(3)), byCustomer ? [Agent, Supervisor] : [Agent], byCustomer ? [Customer] : [Customer, Supervisor]);
    }

    [Fact]
    public async Task A_room_with_a_PIN_lets_in_who_knows_it()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Agent, ToneAmplitude = Quiet });
        using var bob = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Customer, ToneAmplitude = Quiet });
        await server.SendAsync(HttpMethod.Put, "/api/v1/room-settings/800", new { title = "Sales", open = "none", pins = new { moderator = "4711" } });
        foreach (var (phone, count) in new[] { (ada, 1), (bob, 2) })
        {
            await phone.DialAsync("*6800");
            await phone.EventAsync("CALL_ESTABLISHED");
            foreach (var key in "4711#")
            {
                await phone.PressAsync(key);
                await Task.Delay(TimeSpan.FromMilliseconds(250));
            }

            await server.EventuallyAsync("/api/v1/rooms", r => r.GetProperty("data").GetArrayLength() == 1 && r.GetProperty("data")[0].GetProperty("members").GetArrayLength() == count, $"{count} are there");
        }

        await Task.Delay(TimeSpan.FromSeconds(4));
        await ada.HangUpAsync();
        await bob.HangUpAsync();
        await server.EventuallyAsync("/api/v1/rooms", r => r.GetProperty("data").GetArrayLength() == 0, "the room is empty");
        AssertHears(ada.Recording(TimeSpan.FromSeconds(2.5)), [Customer], [Agent]);
        AssertHears(bob.Recording(TimeSpan.FromSeconds(2.5)), [Agent], [Customer]);
    }

    private static void AssertHears(WavFile recording, double[] there, double[] notThere)
    {
        foreach (var hertz in there)
            Assert.True(ToneLevel.Of(recording, hertz) > -30, $"{hertz} Hz is missing: {ToneLevel.Of(recording, hertz):0.0} dB");
        foreach (var hertz in notThere)
            Assert.True(ToneLevel.Of(recording, hertz) < -45, $"{hertz} Hz is there: {ToneLevel.Of(recording, hertz):0.0} dB");
    }
}
