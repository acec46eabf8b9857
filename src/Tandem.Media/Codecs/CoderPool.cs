namespace Tandem.Media.Codecs;

/// <summary>Free coders by sample rate, bounded for each; those above the bound are freed. Thread-safe.</summary>
internal sealed class CoderPool<T>(int capacity, Func<T, int> rateOf, Func<int, T> create, Action<T> free)
    where T : class
{
    private readonly Dictionary<int, Stack<T>> _free = [];

    public T Rent(int sampleRate)
    {
        lock (_free)
        {
            if (_free.TryGetValue(sampleRate, out var stack) && stack.TryPop(out var coder))
                return coder;
        }

        return create(sampleRate);
    }

    public void Return(T coder)
    {
        lock (_free)
        {
            if (!_free.TryGetValue(rateOf(coder), out var stack))
                _free.Add(rateOf(coder), stack = new Stack<T>(capacity));
            if (stack.Count < capacity)
            {
                stack.Push(coder);
                return;
            }
        }

        free(coder);
    }
}
