package main

import (
	"context"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// memory is a few series as the engine reads them. Prometheus has a store for its own tests, but with it come its
// configuration and the clients of three clouds: three times the build.
type memory []promql.Series

func (data memory) Querier(_, _ int64) (storage.Querier, error) { return data, nil }

// Select gives whole series; the engine itself takes what a moment or a window needs.
func (data memory) Select(_ context.Context, _ bool, _ *storage.SelectHints, wanted ...*labels.Matcher) storage.SeriesSet {
	set := &seriesSet{}
	for _, series := range data {
		if matches(series.Metric, wanted) {
			set.series = append(set.series, promql.NewStorageSeries(series))
		}
	}
	return set
}

func (memory) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (memory) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (memory) Close() error { return nil }

func matches(metric labels.Labels, wanted []*labels.Matcher) bool {
	for _, matcher := range wanted {
		if !matcher.Matches(metric.Get(matcher.Name)) {
			return false
		}
	}
	return true
}

type seriesSet struct {
	series []storage.Series
	next   int
}

func (set *seriesSet) Next() bool {
	set.next++
	return set.next <= len(set.series)
}

func (set *seriesSet) At() storage.Series { return set.series[set.next-1] }

func (*seriesSet) Err() error { return nil }

func (*seriesSet) Warnings() annotations.Annotations { return nil }
