using Tandem.Calls.Calls;

namespace Tandem.Testing.Media;

/// <summary>A prompt that a <see cref="FakeMediaSound"/> was told to play.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Side">To whom.</param>
/// <param name="Prompt">Its text.</param>
/// <param name="Language">The language asked for.</param>
/// <param name="IsLoop">Without end.</param>
public sealed record FakePlay(int Id, CallSide Side, string Prompt, string Language, bool IsLoop)
{
    /// <summary>It is over.</summary>
    public bool IsOver { get; set; }
}
