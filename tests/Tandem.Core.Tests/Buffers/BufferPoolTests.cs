using Tandem.Core.Buffers;

namespace Tandem.Core.Tests.Buffers;

public class BufferPoolTests
{
    [Fact]
    public void A_released_buffer_is_rented_again_and_is_empty()
    {
        var pool = new BufferPool(64, 2);
        var first = pool.Rent();
        first.Length = 10;
        first.Release();
        Assert.Equal(1, pool.Retained);
        var second = pool.Rent();
        Assert.Same(first, second);
        Assert.Equal(0, second.Length);
    }

    [Fact]
    public void A_second_owner_keeps_the_buffer_out_of_the_pool()
    {
        var pool = new BufferPool(64, 2);
        var buffer = pool.Rent();
        buffer.Retain();
        buffer.Release();
        Assert.Equal(0, pool.Retained);
        buffer.Release();
        Assert.Equal(1, pool.Retained);
    }

    [Fact]
    public void Releasing_twice_is_an_error()
    {
        var buffer = new BufferPool(64, 0).Rent();
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Release);
    }

    [Fact]
    public void Who_comes_too_late_for_a_buffer_does_not_bring_it_back_twice()
    {
        var pool = new BufferPool(64, 2);
        var buffer = pool.Rent();
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Retain);
        Assert.Throws<InvalidOperationException>(buffer.Release);
        Assert.Equal(1, pool.Retained);
    }

    [Fact]
    public void The_pool_is_bounded()
    {
        var pool = new BufferPool(64, 2);
        var rented = Enumerable.Range(0, 5).Select(_ => pool.Rent()).ToList();
        rented.ForEach(b => b.Release());
        Assert.Equal(2, pool.Retained);
    }

    [Fact]
    public void A_large_request_gets_its_size_and_is_not_pooled()
    {
        var pool = new BufferPool(64, 2);
        var buffer = pool.Rent(65);
        Assert.True(buffer.Array.Length >= 65);
        buffer.Release();
        Assert.Equal(0, pool.Retained);
    }
}
