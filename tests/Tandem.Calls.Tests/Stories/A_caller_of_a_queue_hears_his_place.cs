using Tandem.Calls.Calls;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What a caller of a queue is told while the phone of an agent rings for a long time.</summary>
public class A_caller_of_a_queue_hears_his_place
{
    private const string Next = "queue-next, queue-thank-you";
    private const string Music = "music:default";

    private static readonly TenantId Tenant = TenantId.Default;

    private readonly ExchangeRig _rig = new();
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private readonly QueueSettings _sales = new()
    {
        Name = "sales",
        Number = "700",
        RingTime = TimeSpan.FromSeconds(60),
        AnnounceEvery = TimeSpan.FromSeconds(10),
        AnnounceWait = false,
    };

    public A_caller_of_a_queue_hears_his_place()
    {
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
    }

    [Fact]
    public void His_place_is_told_now_and_then_while_it_rings()
    {
        var (a, b, invite) = Ring(_sales);
        _rig.Run(9);
        Assert.Equal([Music], Heard);
        _rig.Run(2);
        Assert.Equal([Music, Next, Music], Heard);
        _rig.Run(10);
        Assert.Equal([Music, Next, Music, Next, Music], Heard);
        Assert.Equal(Music, Sound.Playing(CallSide.Caller)!.Prompt);
        Answer(b, invite);
        _ada.HangUp(a, _bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    // What is said is cut at the answer, and nothing is ever played to the agent.
    [Fact]
    public void The_answer_cuts_what_is_said()
    {
        var (a, b, invite) = Ring(_sales);
        Sound.PlaysEnd = false;
        _rig.Run(11);
        Assert.Equal(Next, Sound.Playing(CallSide.Caller)!.Prompt);
        Answer(b, invite);
        Assert.Null(Sound.Playing(CallSide.Caller));
        Assert.DoesNotContain(Sound.Plays, play => play.Side == CallSide.Callee);
        _rig.Run(60);
        Assert.Equal([Music, Next], Heard);
        _ada.HangUp(a, _bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_sentence_that_was_begun_goes_on_when_a_phone_begins_to_ring()
    {
        Configure(_sales);
        Queues.Pause(Tenant, "101", "", Now);
        var a = Dial();
        Sound.PlaysEnd = false;
        _rig.Run(11);
        Queues.Resume(Tenant, "101", Now);
        var invite = _bob.Expect("INVITE");
        var b = _bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(1);
        Assert.Equal([Music, Next], Heard);
        Sound.Finish(CallSide.Caller);
        _rig.Run(0.1);
        Assert.Equal([Music, Next, Music], Heard);
        Answer(b, invite);
        Assert.Null(Sound.Playing(CallSide.Caller));
        _ada.HangUp(a, _bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    // The agent does not answer: the sentence ends where it would have, and then there is music.
    [Fact]
    public void A_sentence_goes_on_when_a_phone_rings_no_longer()
    {
        var (a, b, invite) = Ring(_sales with { RingTime = TimeSpan.FromSeconds(15), NoAnswerPenalty = TimeSpan.FromSeconds(100) });
        Sound.PlaysEnd = false;
        _rig.Run(14);
        _bob.TakeCancel(b, invite, 3);
        _rig.Run(1);
        Assert.Equal([Music, Next], Heard);
        Assert.Equal(Next, Sound.Playing(CallSide.Caller)!.Prompt);
        Sound.Finish(CallSide.Caller);
        _rig.Run(0.1);
        Assert.Equal([Music, Next, Music], Heard);
        a.Send("BYE");
        _ada.Expect("200 BYE");
        _rig.Run(100); // the agent is left alone for so long
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_hangs_up_in_the_middle_of_a_sentence_leaves_nothing()
    {
        var (a, b, invite) = Ring(_sales);
        Sound.PlaysEnd = false;
        _rig.Run(11);
        a.Send("BYE");
        _ada.Expect("200 BYE");
        _bob.TakeCancel(b, invite);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void The_key_that_leaves_the_queue_works_in_a_sentence()
    {
        var (_, b, invite) = Ring(_sales with { ExitKey = "0" });
        Sound.PlaysEnd = false;
        _rig.Run(11);
        _rig.Media.Last!.Hear(CallSide.Caller, '0');
        _bob.TakeCancel(b, invite);
        _rig.Run(0.2);
        Assert.Equal([Music, Next, "queue-closed"], Heard);
    }

    private QueueDesk Queues => _rig.Exchange.Queues;

    private Moment Now => _rig.Network.Now;

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private IEnumerable<string> Heard => Sound.Plays.Where(play => play.Side == CallSide.Caller).Select(play => play.Prompt);

    private (PhoneDialog Ada, PhoneDialog Bob, WireMessage Invite) Ring(QueueSettings settings)
    {
        Configure(settings);
        var a = Dial();
        var invite = _bob.Expect("INVITE");
        var b = _bob.Take(invite);
        b.Reply(invite, 180);
        return (a, b, invite);
    }

    private void Configure(QueueSettings settings)
    {
        Queues.Configure(new StoredQueue(Tenant, settings, [new QueueMember("101")]), Now);
        Queues.LogIn(Tenant, "101", Now);
    }

    private PhoneDialog Dial()
    {
        var a = _ada.Dial("700");
        a.Invite(Sdp.Audio());
        a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(0.1);
        return a;
    }

    private void Answer(PhoneDialog b, WireMessage invite)
    {
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        _bob.Expect("ACK");
        _rig.Run(0.1);
    }
}
