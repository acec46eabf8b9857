using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// Once both phones talk: where their sound is transcoded though one of them could do what the other does, that one gets a re-INVITE with
/// fewer codecs, so that packets pass as they are. A phone that refuses is transcoded (RFC 3261 §14.1: its session stays).
/// </summary>
internal sealed class ReofferStory(LiveCall call)
{
    private const int MostAttempts = 3;

    public async Task RunAsync()
    {
        // The answers to what is under way count: the ACK of either side may bring one.
        var (caller, callee) = (call.Caller, call.Callee!);
        await caller.SettledAsync();
        await callee.SettledAsync();

        // Who answered has chosen, so the callee is asked first.
        await AskAsync(callee);
        await AskAsync(caller);
    }

    private async ValueTask AskAsync(Leg leg)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (!IsWanted(leg, out var media))
                return;

            var status = call.Negotiation is null ? await ExchangeOffer.SendAsync(call, leg, () => media.Create(leg.Side)) : 491;
            if (status is not (491 or 500) || !await call.PauseAsync(NegotiationRules.GlarePause(leg, call.Environment.Random)))
                return;
        }
    }

    private bool IsWanted(Leg leg, out IMediaSession media)
    {
        media = call.Model.Media!;
        return !call.IsOver && call.IsWhole && call.Transfer is not { IsDone: false } && media is not null && media.WantsReoffer(leg.Side);
    }
}
