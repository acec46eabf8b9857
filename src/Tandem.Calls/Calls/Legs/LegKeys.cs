using Tandem.Calls.Calls.Stories;
using Tandem.Media.Dtmf;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// Keys for a phone that takes no telephone-event: as INFO, one after the other, for two at once may change places on the way; as tones in its
/// sound when it takes no INFO, or no keys in it. On the call's shard.
/// </summary>
internal sealed class LegKeys(Leg leg)
{
    /// <summary>Keys that wait for the answer to the one before. Default 64: nobody types further ahead of a phone; more are dropped.</summary>
    private const int MaxWaiting = 64;

    private readonly Queue<(char Digit, int Milliseconds)> _waiting = new();
    private bool _isSending;

    /// <summary>Whether the phone itself writes keys as plain text; null while it sent none.</summary>
    public bool? WritesPlain { get; private set; }

    // What the phone itself writes; else what the other one wrote, as if its INFO passed.
    private bool IsPlain => WritesPlain ?? leg.Peer?.WritesPlainKeys ?? false;

    /// <summary>The phone sent a key with a body of this kind: it gets others' keys in the same.</summary>
    public void LearnType(ReadOnlySpan<byte> contentType) => WritesPlain = DtmfInfo.IsPlain(contentType);

    /// <summary>Sends a key.</summary>
    public void Send(char digit, int milliseconds)
    {
        if (_waiting.Count >= MaxWaiting)
            return;

        _waiting.Enqueue((digit, milliseconds));
        if (!_isSending)
            leg.Call.Start(SendAllAsync);
    }

    private async Task SendAllAsync()
    {
        _isSending = true;
        try
        {
            while (!leg.IsOver && _waiting.TryDequeue(out var key))
            {
                if (leg.TakesInfo && await TrySendAsync(key.Digit, key.Milliseconds))
                    continue;
                if (!leg.IsOver)
                    leg.Call.Model.Media?.Sound.SendDtmf(leg.Side, key.Digit.ToString(), key.Milliseconds);
            }
        }
        finally
        {
            _isSending = false;
        }
    }

    // False when the phone did not take the key.
    private async Task<bool> TrySendAsync(char digit, int milliseconds)
    {
        var reply = await leg.RequestAsync(SipMethod.Info, null, IsPlain ? DtmfInfo.PlainType : DtmfInfo.RelayType, BodyOf(digit, milliseconds));
        InDialogReplies.EndIfGone(leg.Call, leg, reply);

        // What will be the same with the next key; anything else may pass.
        if (reply.Status is 405 or 415 or 469 or 501)
            leg.TakesInfo = false;
        return reply.IsSuccess;
    }

    private byte[] BodyOf(char digit, int milliseconds)
    {
        Span<byte> body = stackalloc byte[DtmfInfo.MaxBytes];
        return body[..(IsPlain ? DtmfInfo.WritePlain(digit, body) : DtmfInfo.WriteRelay(digit, milliseconds, body))].ToArray();
    }
}
