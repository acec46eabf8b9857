using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Parking;

/// <summary>How a person hears the number of a slot: digit by digit, or as tones where no digits are recorded.</summary>
internal static class SlotPrompt
{
    public static Prompt Of(string slot) => new(new PromptPart.Spelled(slot));
}
