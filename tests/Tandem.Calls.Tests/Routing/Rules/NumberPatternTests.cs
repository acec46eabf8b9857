using FsCheck;
using FsCheck.Fluent;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Calls.Tests.Routing.Rules;

public class NumberPatternTests
{
    private static readonly string[] Pieces = ["X", "Z", "N", "0", "1", "5", "*", "+", "[1-4]", "[2,7]", "[0-9]"];

    [Theory]
    [InlineData("100", "100", "1000 10 101")]
    [InlineData("*43", "*43", "43 *4")]
    [InlineData("prefix:0044", "0044 00441", "004 0441")]
    [InlineData("prefix:", "1 *43 +44", "1a")]
    [InlineData("range:100-199", "100 150 199", "099 200 1500 15")]
    [InlineData("range:0700-0799", "0700 0745", "700 745 0800")]
    [InlineData("_NXX", "200 999", "100 199 20 2000")]
    [InlineData("_ZXX", "100 999", "099")]
    [InlineData("_0Z.", "011 0123456", "01 00123 1234")]
    [InlineData("_00!", "00 00123", "0 01")]
    [InlineData("_[1-3,7]X", "10 39 71", "40 69 81")]
    [InlineData("_+44NXXXXXXXXX", "+442079460000", "+441079460000 442079460000")]
    [InlineData("regex:^4[0-9]{2}$", "400 499", "4000 500")]
    public void A_pattern_takes_its_numbers_and_no_others(string pattern, string takes, string leaves)
    {
        Assert.True(NumberPattern.TryParse(pattern, out var read, out var problem), problem);
        Assert.All(takes.Split(' '), number => Assert.True(read.Matches(number), number));
        Assert.All(leaves.Split(' '), number => Assert.False(read.Matches(number), number));
        Assert.False(read.Matches(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("_")]
    [InlineData("abc")]
    [InlineData("_1.2")]
    [InlineData("_[")]
    [InlineData("_[]")]
    [InlineData("_[9-1]")]
    [InlineData("range:100")]
    [InlineData("range:100-99")]
    [InlineData("range:1-10")]
    [InlineData("regex:(")]
    [InlineData("regex:(a)\\1")]
    [InlineData("prefix:a")]
    public void What_is_no_pattern_is_refused_in_words(string text)
    {
        Assert.False(NumberPattern.TryParse(text, out _, out var problem));
        Assert.NotEqual("", problem);
    }

    // An expression that explodes in other engines takes no time here, for it does not backtrack.
    [Fact]
    public void An_evil_expression_ends()
    {
        Assert.True(NumberPattern.TryParse("regex:^(1+)+$", out var pattern, out _));
        Assert.False(pattern.Matches(new string('1', 60) + "2"));
    }

    [Theory]
    [InlineData("prefix:0", "_0X.", true)]
    [InlineData("_X.", "100", true)]
    [InlineData("_NXX", "range:200-299", true)]
    [InlineData("_NXX", "range:100-299", false)]
    [InlineData("range:100-199", "150", true)]
    [InlineData("range:100-199", "range:150-160", true)]
    [InlineData("100", "_X00", false)]
    [InlineData("_0.", "prefix:0", false)]
    [InlineData("_XXX", "_XX", false)]
    [InlineData("regex:^1", "100", false)]
    public void It_is_known_when_one_takes_all_of_another(string first, string second, bool covers)
    {
        Assert.True(NumberPattern.TryParse(first, out var a, out _));
        Assert.True(NumberPattern.TryParse(second, out var b, out _));
        Assert.Equal(covers, a.Covers(b));
    }

    // What is said to cover another pattern takes each of its numbers, whatever they are.
    [Fact]
    public void Covering_holds_for_every_number()
    {
        var pieces = Gen.Choose(0, Pieces.Length - 1).Select(i => Pieces[i]);
        var pattern = from parts in pieces.ArrayOf() from end in Gen.Choose(0, 2) where parts.Length is > 0 and < 6 select "_" + string.Concat(parts) + (end == 0 ? "" : end == 1 ? "." : "!");
        var digits = Gen.Choose(0, 12).Select(i => "0123456789*#+"[i]);
        var number = digits.ArrayOf().Select(chars => new string(chars));
        var covered = 0;
        Prop.ForAll(Arb.From(from a in pattern from b in pattern from n in number select (a, b, n)), sample =>
        {
            Assert.True(NumberPattern.TryParse(sample.a, out var a, out _));
            Assert.True(NumberPattern.TryParse(sample.b, out var b, out _));
            if (!a.Covers(b))
                return true;

            covered++;
            return !b.Matches(sample.n) || a.Matches(sample.n);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
        Assert.NotEqual(0, covered);
    }

    // Whatever somebody writes, reading it and asking it never throws.
    [Fact]
    public void No_text_breaks_it() => Prop.ForAll<string, string>((text, number) =>
    {
        foreach (var form in new[] { "", "_", "prefix:", "range:", "regex:" })
        {
            if (NumberPattern.TryParse(form + text, out var pattern, out _))
                _ = pattern.Matches(number ?? "");
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
