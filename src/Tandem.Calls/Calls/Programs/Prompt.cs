using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Tones;

namespace Tandem.Calls.Calls.Programs;

/// <summary>
/// What a person hears, piece by piece. Immutable. As text: the pieces separated by commas, each a name of the tenant's library, or <c>number:42</c>, <c>spell:12A</c>,
/// <c>tone:busy</c>, <c>silence:500</c> (milliseconds), <c>say:Hello</c>, <c>music:default</c>. A piece that is not there is replaced by a tone.
/// </summary>
public sealed record Prompt
{
    /// <summary>Most pieces of one prompt: more is no announcement.</summary>
    public const int MaxParts = 32;

    /// <summary>The longest pause in a prompt.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    /// <param name="parts">1 to <see cref="MaxParts"/> pieces.</param>
    public Prompt(params IReadOnlyList<PromptPart> parts)
    {
        if (parts.Count is 0 or > MaxParts)
            throw new ArgumentException($"a prompt has 1 to {MaxParts} parts", nameof(parts));
        if (parts.Count > 1 && parts.Any(part => part is PromptPart.Music))
            throw new ArgumentException("music is a prompt of its own", nameof(parts));

        Parts = parts;
    }

    /// <summary>The pieces in order.</summary>
    public IReadOnlyList<PromptPart> Parts { get; }

    /// <summary>True when it can be played over and over.</summary>
    public bool MayLoop => Parts.Count == 1 && Parts[0].MayLoop;

    /// <summary>A short tone: it is your turn.</summary>
    public static Prompt Beep { get; } = new(new PromptPart.Tone("beep"));

    /// <summary>Two low tones: that was wrong.</summary>
    public static Prompt Error { get; } = new(new PromptPart.Tone("error"));

    /// <summary>The tone of the country that says that a phone rings.</summary>
    public static Prompt RingBack { get; } = new(new PromptPart.Tone("ringback"));

    /// <summary>The music of a tenant.</summary>
    public static Prompt Music(string list = "default") => new(new PromptPart.Music(list));

    /// <summary>Sounds by their names, one behind the other.</summary>
    public static Prompt Sounds(params IEnumerable<string> names) => new([.. names.Select(name => new PromptPart.Sound(name))]);

    /// <summary>This prompt and then another.</summary>
    public Prompt Then(Prompt next) => new([.. Parts, .. next.Parts]);

    /// <summary>Reads one piece.</summary>
    public static bool TryParsePart(string text, [NotNullWhen(true)] out PromptPart? part, out string problem)
    {
        part = null;
        problem = "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var rest = text[(colon + 1)..];
        switch (colon < 0 ? "" : text[..colon])
        {
            case "" when SoundName.IsValid(text):
                part = new PromptPart.Sound(text);
                break;
            case "number" when long.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value):
                part = new PromptPart.Number(value);
                break;
            case "spell" when rest.Length is > 0 and <= 64:
                part = new PromptPart.Spelled(rest);
                break;
            case "tone" when SystemTones.IsKnown(rest) || ToneCadence.Parse(rest, out _) is not null:
                part = new PromptPart.Tone(rest);
                break;
            case "silence" when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms > 0 && ms <= MaxSilence.TotalMilliseconds:
                part = new PromptPart.Silence(TimeSpan.FromMilliseconds(ms));
                break;
            case "say" when rest.Length is > 0 and <= 1_000:
                part = new PromptPart.Speech(rest);
                break;
            case "music" when SoundName.IsValid(rest):
                part = new PromptPart.Music(rest);
                break;
            case "":
                problem = $"'{text}' is no name of a sound: {SoundName.Accepts}";
                break;
            default:
                problem = $"'{text}' cannot be played: a name of a sound, number:N, spell:TEXT, tone:NAME, silence:MILLISECONDS, say:TEXT or music:LIST is expected";
                break;
        }

        return part is not null;
    }

    /// <summary>Reads a list of pieces.</summary>
    public static bool TryParse(IReadOnlyList<string> texts, [NotNullWhen(true)] out Prompt? prompt, out string problem)
    {
        prompt = null;
        if (texts.Count is 0 or > MaxParts)
        {
            problem = $"1 to {MaxParts} pieces are expected";
            return false;
        }

        var parts = new PromptPart[texts.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParsePart(texts[i], out var part, out problem))
                return false;
            if (part is PromptPart.Music && parts.Length > 1)
            {
                problem = "music is a prompt of its own";
                return false;
            }

            parts[i] = part;
        }

        prompt = new Prompt(parts);
        problem = "";
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Prompt? other) => other is not null && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => Parts.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Parts);
}
