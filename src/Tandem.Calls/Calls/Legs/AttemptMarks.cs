using System.Text;
using Tandem.Calls.Trunks;
using Tandem.Core.Time;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Legs;

/// <summary>When a dialled leg did what, and its final response. On the shard of the leg.</summary>
internal struct AttemptMarks
{
    private const int LongestText = 128;

    public Moment Dialled { get; set; }

    /// <summary>The first response above 100; null before.</summary>
    public Moment? Ringing { get; private set; }

    /// <summary>The final response that was no success; null before.</summary>
    public Moment? Failed { get; private set; }

    public int Status { get; private set; }

    public string? Text { get; private set; }

    public void Provisional(Moment now) => Ringing ??= now;

    /// <param name="status">Of the response, or what stands for it.</param>
    /// <param name="response">The final response; null for none.</param>
    /// <param name="profile">The profile by which the leg went to a provider; null for a phone.</param>
    /// <param name="now">The time.</param>
    public void Fail(int status, SipMessage? response, SipProfile? profile, Moment now)
    {
        Failed = now;
        Status = status;
        if (response is not null)
            Text = profile is null ? Clean(response.ReasonPhrase) : ProviderWords.Phrase(response, profile, LongestText);
    }

    // What a stranger wrote, for lists and files: no control character in it, and an end.
    private static string Clean(ReadOnlySpan<byte> phrase)
    {
        var text = Encoding.UTF8.GetString(phrase[..Math.Min(phrase.Length, LongestText)]);
        return string.Create(text.Length, text, static (into, from) =>
        {
            for (var i = 0; i < into.Length; i++)
                into[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
    }
}
