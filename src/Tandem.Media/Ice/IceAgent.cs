using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;

namespace Tandem.Media.Ice;

/// <summary>
/// A lite agent of ICE (RFC 8445 §2.5) for one component of one transport: it answers the peer's signed checks, follows its nomination and
/// watches that it still consents (RFC 7675). Sans-IO, owned by one media loop; nothing is allocated per message. Whatever is not signed
/// with the credentials of the session moves nothing.
/// </summary>
public sealed partial class IceAgent
{
    /// <summary>Room that any answer and any check needs, bytes.</summary>
    public const int MaxMessageBytes = 640;

    private const int Unauthenticated = 401;
    private const int BadRequest = 400;
    private const int UnknownAttribute = 420;
    private const int RoleConflict = 487;
    private const int None = -1;

    private readonly IceOptions _options;
    private readonly IceCounters _counters;
    private readonly Random _random;
    private readonly IcePair[] _pairs;
    private int _pairCount;
    private int _selected = None;
    private int _generation;
    private IceCredentials? _current;
    private IceCredentials? _previous;
    private RateBound _checks;
    private RateBound _refusals;

    /// <param name="options">Limits and times.</param>
    /// <param name="counters">Those of the loop.</param>
    /// <param name="random">Of the loop, cryptographic: nobody may guess the transaction of a check (RFC 7675 §5.1).</param>
    public IceAgent(IceOptions options, IceCounters counters, Random random)
    {
        _options = options;
        _counters = counters;
        _random = random;
        _pairs = new IcePair[options.MaxPairs];
        _tieBreaker = (ulong)random.NextInt64();
    }

    /// <summary>
    /// Where packets go: the pair that the peer nominated, before it did the valid one of the highest priority. Unspecified when there is
    /// none or consent was lost: then nothing may be sent.
    /// </summary>
    public NetAddress Selected => _selected == None ? default : _pairs[_selected].Address;

    /// <summary>True once the peer nominated the selected pair (RFC 8445 §7.3.2).</summary>
    public bool IsNominated => _selected != None && _pairs[_selected].IsNominated;

    /// <summary>
    /// The peer is lite too (§6.1.1, §8.2): nobody checks, and media goes where the SDP says. <see cref="Selected"/> stays unspecified and
    /// <see cref="IsAllowed"/> false; the latch governs as without ICE.
    /// </summary>
    public bool RemoteIsLite { get; private set; }

    /// <summary>Addresses that are remembered.</summary>
    public int PairCount => _pairCount;

    /// <summary>
    /// Puts credentials in force. Others than before are an ICE restart (§9): the selected pair stays in use until the peer nominates one
    /// with the new credentials, and checks with the former ones are answered until then. The peer's part may be empty as long as its
    /// answer is not there; its checks are answered already (§7.3).
    /// </summary>
    public void Apply(IcePlan plan, Moment now)
    {
        var next = new IceCredentials(plan);
        RemoteIsLite = plan.RemoteIsLite;
        if (_current is not { } current)
        {
            _current = next;
            return;
        }

        if (current.Same(next))
            return;

        if (current.KnowsRemote || !current.SameLocal(next))
        {
            // A restart. Of the old generation only the pair in use lives on, and the credentials that it has.
            if (_selected == None || _pairs[_selected].Generation == _generation)
                _previous = current;
            _generation++;
            KeepOnly(static (agent, index) => index == agent._selected);
        }
        else
        {
            // The answer to our offer. Checks of another peer of the same offer (a fork) no longer count.
            _tag = next.RemoteTag();
            KeepOnly(static (agent, index) => agent._pairs[index].Tag == agent._tag);
            if (_selected == None)
                SelectBest(now);
        }

        _current = next;
        Schedule(now);
    }

    /// <summary>True when signed checks came from <paramref name="source"/>: DTLS and RTP from there may be the peer's.</summary>
    public bool IsAllowed(in NetAddress source)
    {
        var index = Find(source);
        return index != None && !_pairs[index].IsLost;
    }

    /// <summary>Takes a message that looks like STUN (RFC 7983 §7).</summary>
    /// <param name="stun">The whole datagram.</param>
    /// <param name="source">Where it came from; an answer goes back there.</param>
    /// <param name="now">When it came.</param>
    /// <param name="answer">Room for <see cref="MaxMessageBytes"/>.</param>
    /// <param name="answerLength">Bytes to send back; 0 when there is no answer.</param>
    public IceVerdict Receive(ReadOnlySpan<byte> stun, in NetAddress source, Moment now, Span<byte> answer, out int answerLength)
    {
        answerLength = 0;
        var verdict = Judge(stun, source, now, answer, ref answerLength);
        _counters.Count(verdict);
        return verdict;
    }

    private IceVerdict Judge(ReadOnlySpan<byte> stun, in NetAddress source, Moment now, Span<byte> answer, ref int answerLength)
    {
        // RFC 8445 §7.3: the fingerprint is a must, whatever fails here is silently discarded (RFC 8489 §6.3).
        if (_current is not { } current || !StunMessage.TryParse(stun, out var message) || message.Method != StunMessage.Binding
            || !message.HasValidFingerprint())
            return IceVerdict.Ignored;

        if (message.Class is StunClass.Success or StunClass.Error)
            return TakeAnswer(message, source, now);
        if (message.Class != StunClass.Request)
            return IceVerdict.Ignored;

        // RFC 8489 §9.1.3, in its order.
        if (!message.HasUsername || !message.HasIntegrity)
            return Reject(message, BadRequest, stun.Length, now, answer, ref answerLength);

        var isCurrent = current.Names(message.Username);
        var credentials = isCurrent ? current : _previous;
        if (credentials is null || !credentials.Names(message.Username) || !message.IsSignedWith(credentials.LocalKey))
            return Reject(message, Unauthenticated, stun.Length, now, answer, ref answerLength);

        if (!_checks.Take(_options.MaxChecksPerSecond, now))
            return IceVerdict.Flooded;

        // §6.3.1; RFC 8445 §7.3.1.1: we are controlled, as a lite agent with a full peer is (§6.1.1), and stay so.
        if (message.UnknownCount > 0 || message.IsControlled)
        {
            answerLength = WriteError(message, message.UnknownCount > 0 ? UnknownAttribute : RoleConflict, credentials.LocalKey, answer);
            return IceVerdict.Refused;
        }

        var remote = credentials.RemotePart(message.Username);
        var index = Find(source);
        if (index != None && _pairs[index].IsLost && _pairs[index].Generation == _generation == isCurrent)
            return IceVerdict.Refused;

        answerLength = WriteSuccess(message, source, credentials.LocalKey, answer);
        if (!isCurrent)
        {
            // Consent on the pair in use while the peer restarts (RFC 7675 §5.1); nothing else of the old generation counts.
            if (index != None && index == _selected && _pairs[index].Generation != _generation)
                _pairs[index].LastConsent = now;
            return IceVerdict.Valid;
        }

        return credentials.MayBeRemote(remote) ? TakeCheck(message, source, remote, now) : IceVerdict.Valid;
    }

    // §7.3.1.3, §7.3.2: the source is a candidate of the peer, known or peer-reflexive, and the pair is valid.
    private IceVerdict TakeCheck(in StunMessage message, in NetAddress source, ReadOnlySpan<byte> remote, Moment now)
    {
        var index = FindOrAdd(source);
        ref var pair = ref _pairs[index];
        if (pair.Generation != _generation)
        {
            pair.Generation = _generation;
            pair.IsNominated = false;
            pair.IsLost = false;
        }

        pair.Priority = message.Priority;
        pair.LastConsent = now;
        pair.Tag = IceCredentials.Tag(remote);
        if (message.UseCandidate)
        {
            pair.IsNominated = true;
            pair.LastNomination = now;
        }

        var moves = index != _selected && Beats(pair, message.UseCandidate, now);
        if (moves)
            _selected = index;
        if (pair.IsNominated && index == _selected)
            _previous = null;

        Schedule(now);
        return moves ? IceVerdict.Selected : IceVerdict.Valid;
    }

    private bool Beats(in IcePair pair, bool nominates, Moment now)
    {
        if (_selected == None)
            return true;

        ref readonly var held = ref _pairs[_selected];
        if (held.Generation != pair.Generation)
            return nominates;
        if (!held.IsNominated)
            return nominates || pair.Priority > held.Priority;

        return nominates && (pair.Priority >= held.Priority || now - held.LastNomination >= _options.NominationSettle);
    }

    private int Find(in NetAddress source)
    {
        for (var i = 0; i < _pairCount; i++)
        {
            if (_pairs[i].Address == source)
                return i;
        }

        return None;
    }

    private int FindOrAdd(in NetAddress source)
    {
        var index = Find(source);
        if (index != None)
            return index;

        if (_pairCount < _pairs.Length)
        {
            index = _pairCount++;
        }
        else
        {
            // The one that was silent longest makes room; never the one in use.
            for (var i = 0; i < _pairCount; i++)
            {
                if (i != _selected && (index == None || _pairs[i].LastConsent < _pairs[index].LastConsent))
                    index = i;
            }
        }

        _pairs[index] = new IcePair { Address = source, Generation = _generation };
        return index;
    }

    private void KeepOnly(Func<IceAgent, int, bool> keep)
    {
        var kept = 0;
        var selected = None;
        for (var i = 0; i < _pairCount; i++)
        {
            if (!keep(this, i))
                continue;

            if (i == _selected)
                selected = kept;
            _pairs[kept++] = _pairs[i];
        }

        _pairCount = kept;
        _selected = selected;
    }

    private void SelectBest(Moment now)
    {
        _selected = None;
        for (var i = 0; i < _pairCount; i++)
        {
            ref readonly var pair = ref _pairs[i];
            if (pair.IsLost || pair.Generation != _generation || now - pair.LastConsent >= _options.ConsentTimeout)
                continue;

            if (_selected == None || (pair.IsNominated, pair.Priority).CompareTo((_pairs[_selected].IsNominated, _pairs[_selected].Priority)) > 0)
                _selected = i;
        }
    }

    // What is not signed gets an answer that is shorter than itself, and few of them: nobody is flooded in another's name.
    private IceVerdict Reject(in StunMessage message, int code, int requestLength, Moment now, Span<byte> answer, ref int answerLength)
    {
        var length = WriteError(message, code, default, answer);
        if (length <= requestLength && _refusals.Take(_options.MaxRefusalsPerSecond, now))
            answerLength = length;
        return IceVerdict.Forged;
    }

    private static int WriteSuccess(in StunMessage request, in NetAddress source, ReadOnlySpan<byte> key, Span<byte> answer)
    {
        var writer = new StunWriter(answer, StunClass.Success, request.TransactionId);
        writer.AddMappedAddress(source);
        writer.AddIntegrity(key, request.HasSha256);
        writer.AddFingerprint();
        return writer.Length;
    }

    // RFC 8489 §9.1.3: without a key there is nothing to sign with.
    private static int WriteError(in StunMessage request, int code, ReadOnlySpan<byte> key, Span<byte> answer)
    {
        var writer = new StunWriter(answer, StunClass.Error, request.TransactionId);
        writer.AddError(code);
        if (code == UnknownAttribute)
            writer.AddUnknown(request);
        if (!key.IsEmpty)
            writer.AddIntegrity(key, request.HasSha256);
        writer.AddFingerprint();
        return writer.Length;
    }
}
