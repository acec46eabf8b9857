using System.Threading.Tasks.Sources;

namespace Tandem.Core.Loops;

/// <summary>
/// A value that comes once: a story awaits it, the loop sets it. Setting it before anybody waits is fine; only the first
/// <see cref="TrySet"/> counts. One reader; one loop owns it.
/// </summary>
public sealed class Signal<T> : IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _core;

    /// <summary>True once the value is there.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Sets the value and resumes the reader on its turn queue; false when it was set before.</summary>
    public bool TrySet(T value)
    {
        if (IsSet)
            return false;

        IsSet = true;
        _core.SetResult(value);
        return true;
    }

    /// <summary>Completes with the value. To be awaited once.</summary>
    public ValueTask<T> WaitAsync() => new(this, _core.Version);

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
