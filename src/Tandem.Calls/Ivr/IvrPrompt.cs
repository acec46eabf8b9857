using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Ivr;

/// <summary>A prompt in which variables may stand. Immutable.</summary>
/// <param name="Pieces">The pieces as they are written.</param>
/// <param name="Fixed">The prompt, when no variable stands in it.</param>
public sealed record IvrPrompt(IReadOnlyList<string> Pieces, Prompt? Fixed)
{
    /// <summary>The prompt with what the variables say; a tone when that cannot be played.</summary>
    public Prompt Fill(IvrVariables variables)
    {
        if (Fixed is not null)
            return Fixed;

        var filled = new string[Pieces.Count];
        for (var i = 0; i < filled.Length; i++)
            filled[i] = IvrText.Fill(Pieces[i], variables);
        return Prompt.TryParse(filled, out var prompt, out _) ? prompt : Prompt.Error;
    }
}
