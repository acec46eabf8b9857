using Tandem.Media;
using Tandem.Media.Audio;
using Tandem.Media.Events;

namespace Tandem.Calls.Calls;

/// <summary>Opens the media session of a call.</summary>
internal static class MediaOpening
{
    /// <summary>Null when the call has its session now, else how it ends for want of one.</summary>
    public static CallEnding? Open(LiveCall call)
    {
        // What rang before this was offered the caller's sound, and nobody took it.
        if (call.Model.Media is { } opened)
        {
            opened.AbandonOffer();
            return null;
        }

        var media = call.Environment.Media.Open(call.Model.Id, call.Model.Tenant, NewsOf(call.Environment, call.Model.Id), IsForHelp(call));
        if (media is null)
            return CallEnding.For(EndReason.NoPorts, CallSide.Exchange, answered: false);

        call.Model.Note(s => s with { Media = media });
        if (call.Origin.Peer is { } phone)
            media.Expect(CallSide.Caller, phone);
        return null;
    }

    private static bool IsForHelp(LiveCall call) => call.Model.Snapshot is { Direction: not CallDirection.Inbound } dialled && call.Environment.Router.IsEmergency(dialled.Tenant, dialled.CalleeNumber);

    // The session outlives the call in snapshots, so it knows the call by its id only.
    private static Action<MediaEvent> NewsOf(CallEnvironment environment, CallId id) => news =>
    {
        switch (news)
        {
            case MediaSilent silent:
                Post(environment, id, new CallSignal(CallSignalKind.MediaSilent, Side: SideOf(silent.Side)));
                break;
            case DtmfReceived key:
                environment.PostToShard(() => Heard(environment, id, key));
                break;
            case PlaybackEnded { Side: not null } played:
                Post(environment, id, new CallSignal(CallSignalKind.SoundEnded, Status: played.Reason is PlaybackEnd.Failed or PlaybackEnd.Refused ? -(int)played.Play.Value : (int)played.Play.Value));
                break;
            case SpeechChanged speech:
                Post(environment, id, new CallSignal(CallSignalKind.Speech, Status: speech.IsSpeaking ? 1 : 0, Side: SideOf(speech.Side)));
                break;
            default:
                break;
        }
    };

    private static void Post(CallEnvironment environment, CallId id, CallSignal signal) =>
        environment.PostToShard(() => environment.Calls.Find(id)?.Post(signal));

    private static void Heard(CallEnvironment environment, CallId id, DtmfReceived key)
    {
        if (environment.Calls.Find(id) is { } call)
            DigitRelay.Heard(call, SideOf(key.Side), key.Digit, key.DurationMs, key.Kind);
    }

    private static CallSide SideOf(MediaSide side) => side == MediaSide.A ? CallSide.Caller : CallSide.Callee;
}
