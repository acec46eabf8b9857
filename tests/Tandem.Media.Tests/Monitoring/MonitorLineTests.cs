using Tandem.Media.Audio;
using Tandem.Media.Mixing;
using Tandem.Media.Monitoring;
using Tandem.Media.Tests.Audio;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Monitoring;

/// <summary>A supervisor at the conversation of two others: who hears whom, and what those notice who are not to hear him.</summary>
public sealed class MonitorLineTests
{
    private const double Agent = 500;
    private const double Customer = 900;
    private const double Supervisor = 1400;

    public static TheoryData<bool> Relayed => [true, false];

    [Theory]
    [MemberData(nameof(Relayed))]
    public void Each_mode_is_heard_by_whom_it_says_and_by_nobody_else(bool isRelayed)
    {
        var (rig, line, agent, customer, supervisor) = Begin(isRelayed);
        (MonitorMode Mode, bool Agent, bool Customer)[] steps =
        [
            (MonitorMode.Listen, false, false), (MonitorMode.Whisper, true, false), (MonitorMode.Barge, true, true), (MonitorMode.Other, false, true),
            (MonitorMode.Whisper, true, false), (MonitorMode.Listen, false, false),
        ];
        var from = 1000;
        foreach (var (mode, toAgent, toCustomer) in steps)
        {
            line.SetMode(mode);
            rig.Run(1500);
            Assert.Equal(toAgent, agent.LevelOf(Supervisor, from + 500, 900) > -20);
            Assert.Equal(toCustomer, customer.LevelOf(Supervisor, from + 500, 900) > -20);
            Assert.InRange(supervisor.LevelOf(Agent, from + 500, 900), -14, -11);
            Assert.InRange(supervisor.LevelOf(Customer, from + 500, 900), -14, -11);
            Assert.InRange(agent.LevelOf(Customer, from + 500, 900), -14, -11);
            Assert.InRange(customer.LevelOf(Agent, from + 500, 900), -14, -11);
            from += 1500;
        }

        line.Detach();
        rig.Run(1000);
        Assert.True(supervisor.LevelOf(Agent, from + 300, 600) < -80, "who has left still hears");
        Assert.Equal(0, line.Lost);
    }

    // The customer gets the very packets of the agent: not one is missing, none is changed, none is ours.
    [Fact]
    public void Listening_and_whispering_change_no_packet_of_the_customer()
    {
        var (rig, line, agent, customer, _) = Begin(isRelayed: true);
        foreach (var mode in new[] { MonitorMode.Whisper, MonitorMode.Listen, MonitorMode.Whisper })
        {
            line.SetMode(mode);
            rig.Run(700);
            Assert.Equal(mode == MonitorMode.Whisper, agent.IsFed);
            Assert.False(customer.IsFed);
        }

        line.Detach();
        rig.Run(700);
        for (var i = 1; i < customer.Received.Count; i++)
        {
            var (before, after) = (customer.Received[i - 1].Header, customer.Received[i].Header);
            Assert.Equal((agent.Ssrc, (ushort)(before.Sequence + 1), before.Timestamp + 160), (after.Ssrc, after.Sequence, after.Timestamp));
        }

        AssertWhole(customer.Heard, Agent);
    }

    // Where sound is made here anyway the stream goes on without a hole too: one SSRC, each sequence number, each sample.
    [Fact]
    public void A_customer_of_another_codec_hears_neither_a_click_nor_a_gap()
    {
        var (rig, line, _, customer, _) = Begin(isRelayed: false);
        foreach (var mode in new[] { MonitorMode.Whisper, MonitorMode.Listen, MonitorMode.Whisper })
        {
            line.SetMode(mode);
            rig.Run(700);
        }

        line.Detach();
        rig.Run(700);
        for (var i = 1; i < customer.Received.Count; i++)
        {
            var (before, after) = (customer.Received[i - 1].Header, customer.Received[i].Header);
            Assert.Equal((before.Ssrc, (ushort)(before.Sequence + 1), before.Timestamp + 160), (after.Ssrc, after.Sequence, after.Timestamp));
        }

        AssertWhole(customer.HeardFrom(500), Agent);
    }

    [Fact]
    public void The_agent_hears_the_customer_without_a_hole_when_the_whispering_begins()
    {
        var (rig, line, agent, _, supervisor) = Begin(isRelayed: true);
        supervisor.Amplitude = 0;
        line.SetMode(MonitorMode.Whisper);
        rig.Run(1500);

        Assert.True(agent.IsFed);
        Assert.Equal(0, ToneMeter.Measure(agent.HeardFrom(500), Customer).Gaps);
    }

    [Fact]
    public void A_supervisor_follows_from_one_conversation_to_the_next()
    {
        var (rig, line, _, _, supervisor) = Begin(isRelayed: true);
        line.Detach();
        var (first, second) = (new TestPhone(Tones.Pcmu, 600), new TestPhone(Tones.Pcmu, 1100));
        line.Attach(rig.Call(first, second), MediaSide.B, MonitorMode.Whisper);
        rig.Run(1500);

        Assert.InRange(supervisor.LevelOf(600, 1700, 700), -14, -11);
        Assert.InRange(supervisor.LevelOf(1100, 1700, 700), -14, -11);
        Assert.True(supervisor.LevelOf(Customer, 1700, 700) < -50);
        Assert.True(second.LevelOf(Supervisor, 700, 700) > -20);
        Assert.True(first.LevelOf(Supervisor, 700, 700) < -50);

        line.Leave();
        line.Detach();
        rig.Run(500);
        Assert.True(supervisor.LevelOf(600, 2700, 250) < -80);
    }

    // Nobody takes what the line hears, as when the loop of who listens stands still: half a second waits, the rest is lost and counted, and the two notice nothing.
    [Theory]
    [MemberData(nameof(Relayed))]
    public void Who_does_not_keep_up_loses_his_own_sound_and_it_is_counted(bool isRelayed)
    {
        var rig = new AudioRig();
        var (agent, customer, supervisor) = (new TestPhone(isRelayed ? Tones.Pcma : Tones.Pcmu, Agent), new TestPhone(Tones.Pcma, Customer), new TestPhone(Tones.Linear16, Supervisor));
        var line = new MonitorLine();
        line.Attach(rig.Call(agent, customer, canRelay: isRelayed), MediaSide.A, MonitorMode.Listen);
        rig.Run(5000);

        Assert.InRange(line.Lost, 4.3 * SoundPipe.Rate, 4.7 * SoundPipe.Rate);
        AssertWhole(customer.HeardFrom(500), Agent);
        AssertWhole(agent.HeardFrom(500), Customer);

        var lost = line.Lost;
        line.Listen(rig.Call(supervisor), MediaSide.A);
        rig.Run(2000);
        Assert.InRange(supervisor.LevelOf(Agent, 6000, 900), -14, -11);
        Assert.InRange(line.Lost - lost, 0, 0.5 * SoundPipe.Rate);
    }

    private static (AudioRig Rig, MonitorLine Line, TestPhone Agent, TestPhone Customer, TestPhone Supervisor) Begin(bool isRelayed)
    {
        var rig = new AudioRig();
        var (agent, customer, supervisor) = (new TestPhone(isRelayed ? Tones.Pcma : Tones.Pcmu, Agent), new TestPhone(Tones.Pcma, Customer), new TestPhone(Tones.Linear16, Supervisor));
        var conversation = rig.Call(agent, customer, canRelay: isRelayed);
        var line = new MonitorLine();
        line.Listen(rig.Call(supervisor), MediaSide.A);
        line.Attach(conversation, MediaSide.A, MonitorMode.Listen);
        rig.Run(1000);
        return (rig, line, agent, customer, supervisor);
    }

    private static void AssertWhole(WavFile wav, double hertz)
    {
        var report = ToneMeter.Measure(wav, hertz);
        Assert.Equal((0, 0), (report.Gaps, report.Jumps));
    }
}
