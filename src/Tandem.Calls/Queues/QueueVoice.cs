using Tandem.Calls.Calls.Programs;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>What a caller hears of a queue from its greeting to the answer, also while the phones of agents ring: music, and his place now and then.</summary>
/// <param name="person">The caller.</param>
/// <param name="desk">Knows his place.</param>
/// <param name="settings">Of the queue.</param>
/// <param name="seat">His ticket.</param>
/// <param name="mayCallBack">He is told that he may ask for a callback, where its key is 1.</param>
internal sealed class QueueVoice(ServedCall person, QueueDesk desk, QueueSettings settings, QueueSeat seat, bool mayCallBack) : IRingingVoice
{
    public Moment Due { get; private set; } = Moment.Never;

    /// <summary>Music, over and over.</summary>
    public void Music() => person.Loop(Prompt.Music(settings.Music.Length > 0 ? settings.Music : "default"));

    public void GoOn(Moment now)
    {
        // An offer came in the middle of a sentence: whoever rings the agent hears it out.
        if (person.IsSpokenTo)
            return;

        Due = settings.AnnounceEvery > TimeSpan.Zero ? now + settings.AnnounceEvery : Moment.Never;
        Music();
    }

    // "Your place in the queue is. Three. The waiting time is about. Four. minutes."
    public Prompt Next(Moment now)
    {
        var parts = new List<PromptPart>();
        var place = desk.PlaceOf(seat.Tenant, seat.Ticket, now);
        if (place is { Position: 1 })
            parts.Add(new PromptPart.Sound("queue-next"));
        else if (place is { } known)
            parts.AddRange([new PromptPart.Sound("queue-position"), new PromptPart.Number(known.Position)]);

        if (settings.AnnounceWait && place?.Estimate is { } estimate)
        {
            var minutes = (long)Math.Ceiling(estimate.TotalMinutes);
            parts.AddRange(minutes <= 1
                ? [new PromptPart.Sound("queue-less-than-minute")]
                : [new PromptPart.Sound("queue-wait-time"), new PromptPart.Number(minutes), new PromptPart.Sound("minutes")]);
        }

        if (settings.CallbackKey == "1" && mayCallBack)
            parts.Add(new PromptPart.Sound("queue-callback-offer"));
        parts.Add(new PromptPart.Sound("queue-thank-you"));
        return new Prompt(parts);
    }
}
