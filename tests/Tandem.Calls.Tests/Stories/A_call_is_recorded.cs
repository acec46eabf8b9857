using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Recordings begin with the answer, change on the call's shard, and never cost a call.</summary>
public class A_call_is_recorded
{
    [Theory]
    [InlineData("100", 1)]
    [InlineData("101", 1)]
    [InlineData("102", 0)]
    public void When_the_caller_or_the_callee_is_recorded(string recorded, int count)
    {
        var rig = Rig(recorded);
        var (ada, bob, a, b) = Talk(rig);
        Assert.Equal(count, rig.Media.Last!.Sound.Recordings.Count);
        Assert.Equal(count > 0 ? CallRecordingState.Recording : CallRecordingState.None, rig.Calls.Single().Recording);
        foreach (var recording in rig.Media.Last.Sound.Recordings)
        {
            var order = recording.Order;
            Assert.Equal((rig.Calls.Single().Id, "100", "101", RecordingChannels.Stereo), (order.Call!.Value, order.CallerNumber, order.CalleeNumber, order.Channels));
        }

        End(rig, ada, bob, a, b);
    }

    [Fact]
    public void Not_before_it_is_answered()
    {
        var rig = Rig("100");
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio());
        ada.Expect("183");
        rig.Run(1);
        Assert.Empty(rig.Media.Last!.Sound.Recordings);
        Assert.Equal((CallRecordingState.None, false), Told(Ask(rig, RecordingAction.Start)));

        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(1);
        Assert.Single(rig.Media.Last.Sound.Recordings);
        End(rig, ada, bob, a, b);
    }

    // RFC 3261 §13.2.1: the answer is in the ACK, and before it there is no sound.
    [Fact]
    public void A_caller_without_an_offer_is_recorded_once_sound_is_agreed()
    {
        var rig = Rig("100");
        var ada = rig.Phone("100");
        var a = ada.Dial("*43");
        a.Invite("");
        var ok = ada.Expect("200 INVITE");
        Assert.Empty(rig.Media.Last!.Sound.Recordings);
        a.Ack(ok, Sdp.Audio());
        rig.Run(0.5);
        Assert.Single(rig.Media.Last.Sound.Recordings);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_call_with_the_exchange_is_recorded_too()
    {
        var rig = Rig("100");
        var ada = rig.Phone("100");
        var a = ada.Dial("*612");
        a.Invite(Sdp.Audio());
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(0.5);
        Assert.Equal("*612", Assert.Single(rig.Media.Last!.Sound.Recordings).Order.CalleeNumber);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_refusal_is_told_and_the_call_goes_on()
    {
        var rig = Rig("100");
        rig.Media.RecordingProblem = "the disk is full";
        var (ada, bob, a, b) = Talk(rig);
        Assert.Equal("the disk is full", Assert.Single(rig.Events.All.OfType<CallRecordingFailed>()).Problem);
        Assert.Equal((CallState.Established, CallRecordingState.None), (rig.Calls.Single().State, rig.Calls.Single().Recording));
        var reply = Ask(rig, RecordingAction.Start);
        Assert.Equal((CallRecordingState.None, false, "the disk is full"), (reply!.Value.State, reply.Value.IsDone, reply.Value.Problem));
        End(rig, ada, bob, a, b);
    }

    [Fact]
    public void A_recording_that_ends_by_itself_leaves_the_call_alone()
    {
        var rig = Rig("100");
        var (ada, bob, a, b) = Talk(rig);
        rig.Media.Last!.Sound.Recordings[0].Break("Limit");
        rig.Run(0.1);
        Assert.Equal(CallRecordingState.None, rig.Calls.Single().Recording);
        Assert.Equal("Limit", Assert.Single(rig.Events.All.OfType<CallRecordingFailed>()).Problem);

        // It begins anew only when somebody asks for it, and late news of the first one are not about the second.
        a.Send("INVITE", Sdp.Audio(port: 30000, version: 2), "Content-Type: application/sdp");
        bob.TakeReinvite(b, 40000);
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(0.1);
        Assert.Single(rig.Media.Last.Sound.Recordings);
        Assert.Equal((CallRecordingState.Recording, true), Told(Ask(rig, RecordingAction.Start)));
        rig.Media.Last.Sound.Recordings[0].Break("Stopped");
        rig.Run(0.1);
        Assert.Equal(CallRecordingState.Recording, rig.Calls.Single().Recording);
        End(rig, ada, bob, a, b);
    }

    // Rows: what leads to the state; columns: what each action makes of it, - where it does not fit.
    [Theory]
    [InlineData("", "Recording - - - - -")]
    [InlineData("Start", "- None Paused - Masked -")]
    [InlineData("Start Pause", "- None - Recording - -")]
    [InlineData("Start Mask", "- None - - - Recording")]
    public void Each_action_fits_its_state_only(string before, string expected)
    {
        RecordingAction[] actions =
            [RecordingAction.Start, RecordingAction.Stop, RecordingAction.Pause, RecordingAction.Resume, RecordingAction.Mask, RecordingAction.Unmask];
        var found = actions.Select(action =>
        {
            var rig = Rig("");
            var (ada, bob, a, b) = Talk(rig);
            foreach (var step in before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                Assert.True(Ask(rig, Enum.Parse<RecordingAction>(step))!.Value.IsDone);
            var state = rig.Calls.Single().Recording;
            var reply = Ask(rig, action)!.Value;
            Assert.Equal(reply.IsDone ? reply.State : state, rig.Calls.Single().Recording);
            AssertSame(rig.Media.Last!.Sound.Recordings.LastOrDefault(), reply.State);
            End(rig, ada, bob, a, b);
            return reply.IsDone ? reply.State.ToString() : "-";
        });
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public async Task Of_a_call_that_is_not_there_or_another_tenants_nothing_is_told()
    {
        var rig = Rig("");
        var (ada, bob, a, b) = Talk(rig);
        var id = rig.Calls.Single().Id;
        Assert.Null(await rig.Exchange.RecordAsync(new TenantId("other"), id, RecordingAction.Start));
        Assert.Null(await rig.Exchange.RecordAsync(TenantId.Default, new CallId("nothing"), RecordingAction.Start));
        Assert.Empty(rig.Media.Last!.Sound.Recordings);
        End(rig, ada, bob, a, b);
        Assert.Null(await rig.Exchange.RecordAsync(TenantId.Default, id, RecordingAction.Start));
    }

    private static ExchangeRig Rig(string recorded)
    {
        var rig = new ExchangeRig();
        if (recorded.Length > 0)
            rig.Extensions.Change(recorded, e => e with { IsRecorded = true });
        return rig;
    }

    private static (ScriptedPhone Ada, ScriptedPhone Bob, PhoneDialog A, PhoneDialog B) Talk(ExchangeRig rig)
    {
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var (a, b) = rig.Connect(ada, bob, 30000, 40000);
        return (ada, bob, a, b);
    }

    private static RecordingReply? Ask(ExchangeRig rig, RecordingAction action)
    {
        var reply = rig.Exchange.RecordAsync(TenantId.Default, rig.Calls.Single().Id, action);
        foreach (var shard in rig.Exchange.Shards)
            shard.Advance(rig.Network.Now);
        Assert.True(reply.IsCompleted);
        return reply.Result;
    }

    private static (CallRecordingState State, bool IsDone) Told(RecordingReply? reply) => (reply!.Value.State, reply.Value.IsDone);

    private static void AssertSame(FakeMediaRecording? recording, CallRecordingState state) => Assert.Equal(state, recording switch
    {
        null or { IsStopped: true } => CallRecordingState.None,
        { IsPaused: true } => CallRecordingState.Paused,
        { IsMasked: true } => CallRecordingState.Masked,
        _ => CallRecordingState.Recording,
    });

    private static void End(ExchangeRig rig, ScriptedPhone ada, ScriptedPhone bob, PhoneDialog a, PhoneDialog b)
    {
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }
}
