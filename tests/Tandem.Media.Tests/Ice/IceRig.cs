using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Ice;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Ice;

/// <summary>An agent whose peer is written by the test, in virtual time.</summary>
public abstract class IceRig
{
    protected static readonly NetAddress Home = NetAddress.FromV4(0xC0000201, 40000);
    protected static readonly NetAddress Mobile = NetAddress.FromV4(0xC6336402, 50000);
    protected static readonly NetAddress Stranger = NetAddress.FromV4(0xCB007105, 666);

    private protected readonly IceCounters _counters = new();
    private protected readonly IceAgent _agent;
    private protected readonly byte[] _answer = new byte[IceAgent.MaxMessageBytes];
    private protected int _answered;
    private protected long _now = 1_000;

    protected IceRig()
    {
        _agent = new IceAgent(new IceOptions(), _counters, new Random(1));
        _agent.Apply(IcePeer.Plan, Moment.FromMilliseconds(_now));
    }

    private protected IceVerdict Receive(byte[] message, NetAddress source, long after = 10)
    {
        _now += after;
        return _agent.Receive(message, source, Moment.FromMilliseconds(_now), _answer, out _answered);
    }

    private protected long UntilDeadline() => ((_agent.Deadline.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond) - _now;

    private protected int AnsweredError()
    {
        Assert.True(StunMessage.TryParse(_answer.AsSpan(0, _answered), out var answer));
        Assert.Equal(StunClass.Error, answer.Class);
        Assert.True(answer.HasValidFingerprint());
        return answer.ErrorCode;
    }

    private protected IceVerdict Timeout(long after, out byte[] check, out NetAddress target)
    {
        _now += after;
        var room = new byte[IceAgent.MaxMessageBytes];
        var verdict = _agent.OnDeadline(Moment.FromMilliseconds(_now), room, out var length, out target);
        check = room[..length];
        return verdict;
    }
}
