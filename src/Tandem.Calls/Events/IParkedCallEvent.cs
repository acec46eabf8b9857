namespace Tandem.Calls.Events;

/// <summary>What happens to a call in the slot where it was parked.</summary>
public interface IParkedCallEvent
{
    /// <summary>The number of the slot.</summary>
    string Slot { get; }

    /// <summary>Who had the call parked; empty when no phone did.</summary>
    string ParkedBy { get; }
}
