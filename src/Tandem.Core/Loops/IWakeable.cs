namespace Tandem.Core.Loops;

/// <summary>A loop that sleeps until something wakes it.</summary>
public interface IWakeable
{
    /// <summary>Ends its sleep, or keeps it from the next one. Any thread.</summary>
    void Wake();
}
