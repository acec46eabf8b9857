using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Ice;

/// <summary>
/// Consent (RFC 7675). A signed check of the peer is its consent, renewed with each; a peer that falls silent is asked by checks of our
/// own, each sent once and signed with its password.
/// </summary>
public sealed partial class IceAgent
{
    // §5.1: an answer may belong to an earlier check than the last one.
    private const int Outstanding = 6;
    private const int TransactionBytes = 12;
    private const int Forbidden = 403;

    // RFC 8445 §5.1.2.1: type preference 110 of a peer-reflexive candidate, which a check names (§7.1.1).
    private const uint CheckPriority = (110u << 24) | (65535u << 8) | 255u;

    private readonly ulong _tieBreaker;
    private readonly byte[] _transactions = new byte[Outstanding * TransactionBytes];
    private readonly NetAddress[] _targets = new NetAddress[Outstanding];
    private readonly byte[]?[] _keys = new byte[Outstanding][];
    private int _nextTransaction;
    private Moment _nextCheck = Moment.Never;
    private int _tag;

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    public Moment Deadline { get; private set; } = Moment.Never;

    /// <summary>
    /// Sends a check or ends what lost consent. <see cref="IceVerdict.Selected"/> when <see cref="Selected"/> is another one than before:
    /// unspecified when consent was lost and no other pair is valid.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="check">Room for <see cref="MaxMessageBytes"/>.</param>
    /// <param name="length">Bytes to send; 0 when there is no check.</param>
    /// <param name="target">Where to.</param>
    public IceVerdict OnDeadline(Moment now, Span<byte> check, out int length, out NetAddress target)
    {
        length = 0;
        target = default;
        if (_selected == None)
        {
            Deadline = Moment.Never;
            return IceVerdict.Valid;
        }

        if (_pairs[_selected].LastConsent + _options.ConsentTimeout <= now)
        {
            Lose(now);
            return IceVerdict.Selected;
        }

        if (_nextCheck <= now && CredentialsOfSelected() is { CanCheck: true } credentials)
        {
            target = _pairs[_selected].Address;
            length = WriteCheck(credentials, check);
            _counters.CountCheck();

            // 0.8 to 1.2 of the period, so that checks of many sessions do not meet.
            _nextCheck = now + (_options.CheckInterval * (0.8 + (0.4 * _random.NextDouble())));
        }

        Schedule(now);
        return IceVerdict.Valid;
    }

    private IceCredentials? CredentialsOfSelected() => _pairs[_selected].Generation == _generation ? _current : _previous;

    private int WriteCheck(IceCredentials credentials, Span<byte> check)
    {
        var slot = _nextTransaction;
        _nextTransaction = (slot + 1) % Outstanding;
        var transaction = _transactions.AsSpan(slot * TransactionBytes, TransactionBytes);
        _random.NextBytes(transaction);
        _targets[slot] = _pairs[_selected].Address;
        _keys[slot] = credentials.RemoteKey;

        Span<byte> username = stackalloc byte[credentials.UsernameBytes];
        credentials.WriteUsername(username);
        var writer = new StunWriter(check, StunClass.Request, transaction);
        writer.Add(StunAttribute.Username, username);
        writer.Add(StunAttribute.Priority, CheckPriority);
        writer.Add(StunAttribute.IceControlled, _tieBreaker);
        writer.AddIntegrity(credentials.RemoteKey, sha256: false);
        writer.AddFingerprint();
        return writer.Length;
    }

    // §5.1: from the address that was asked, with the transaction that it was asked with, signed.
    private IceVerdict TakeAnswer(in StunMessage message, in NetAddress source, Moment now)
    {
        for (var slot = 0; slot < Outstanding; slot++)
        {
            if (_keys[slot] is not { } key || _targets[slot] != source
                || !_transactions.AsSpan(slot * TransactionBytes, TransactionBytes).SequenceEqual(message.TransactionId))
                continue;

            // RFC 8489 §9.1.4: the algorithm is the one that we used.
            if (message.HasSha256 || !message.IsSignedWith(key))
                return IceVerdict.Forged;

            _keys[slot] = null;
            if (_selected == None || _pairs[_selected].Address != source)
                return IceVerdict.Ignored;

            if (message.Class == StunClass.Error)
            {
                // RFC 7675 §5.2: the peer wants nothing any more. Any other error says nothing about consent.
                if (message.ErrorCode != Forbidden)
                    return IceVerdict.Ignored;

                Lose(now);
                return IceVerdict.Selected;
            }

            if (message.UnknownCount > 0)
                return IceVerdict.Ignored;

            _pairs[_selected].LastConsent = now;
            Schedule(now);
            return IceVerdict.Valid;
        }

        return IceVerdict.Ignored;
    }

    private void Lose(Moment now)
    {
        _pairs[_selected].IsLost = true;
        _counters.CountLost();
        Array.Clear(_keys);
        SelectBest(now);
        _nextCheck = Moment.Never;
        Schedule(now);
    }

    private void Schedule(Moment now)
    {
        if (_selected == None)
        {
            _nextCheck = Moment.Never;
            Deadline = Moment.Never;
            return;
        }

        var heard = _pairs[_selected].LastConsent;
        if (_options.CheckAfter == TimeSpan.Zero || CredentialsOfSelected() is not { CanCheck: true })
            _nextCheck = Moment.Never;
        else if (heard + _options.CheckAfter > now || _nextCheck == Moment.Never)
            _nextCheck = heard + _options.CheckAfter;

        Deadline = Moment.Earlier(heard + _options.ConsentTimeout, _nextCheck);
    }
}
