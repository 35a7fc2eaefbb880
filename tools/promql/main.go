// Command promql asks the query engine of Prometheus what expressions give on made-up series. It reads one question as
// JSON from standard input and writes the answer as JSON to standard output:
//
//	{"parse": ["up == 0"],
//	 "cases": [{"interval": "1m", "series": [{"series": "up{job=\"a\"}", "values": "1x10"}],
//	            "queries": [{"expression": "up == 0", "from": "5m", "to": "10m", "step": "1m"}]}]}
//
// Series are written as in promtool's rule tests, and begin at time 0. The answer has an error text for each expression
// to parse, empty when there is none, and for each query of each case what came of it, by moment.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

type question struct {
	Parse []string   `json:"parse"`
	Cases []testCase `json:"cases"`
}

type testCase struct {
	// Time between two values of a series.
	Interval model.Duration `json:"interval"`
	Series   []struct {
		Series string `json:"series"`
		Values string `json:"values"`
	} `json:"series"`
	Queries []query `json:"queries"`
}

type query struct {
	Expression string         `json:"expression"`
	From       model.Duration `json:"from"`
	To         model.Duration `json:"to"`
	Step       model.Duration `json:"step"`
}

type answer struct {
	Parse []string   `json:"parse"`
	Cases [][]result `json:"cases"`
}

// A result is the series that an expression gave, or why it gave none.
type result struct {
	Error  string  `json:"error,omitempty"`
	Series []found `json:"series"`
}

type found struct {
	Labels map[string]string `json:"labels"`
	// Seconds since time 0, and the value there, as text: JSON has no NaN.
	Points []point `json:"points"`
}

type point struct {
	Seconds int64  `json:"seconds"`
	Value   string `json:"value"`
}

// As lenient as Prometheus is by default: no experimental function, no extension.
var reader = parser.NewParser(parser.Options{})

var engine = promql.NewEngine(promql.EngineOpts{
	MaxSamples:           50_000_000,
	Timeout:              5 * time.Minute,
	LookbackDelta:        5 * time.Minute,
	EnableAtModifier:     true,
	EnableNegativeOffset: true,
	Parser:               reader,
})

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	decoder := json.NewDecoder(os.Stdin)
	// A misspelt key would be a test that tests nothing.
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return fmt.Errorf("the question is not understood: %w", err)
	}
	given := answer{Parse: []string{}, Cases: [][]result{}}
	for _, expression := range asked.Parse {
		_, err := reader.ParseExpr(expression)
		given.Parse = append(given.Parse, text(err))
	}
	for number, one := range asked.Cases {
		results, err := solve(one)
		if err != nil {
			return fmt.Errorf("case %d: %w", number, err)
		}
		given.Cases = append(given.Cases, results)
	}
	return json.NewEncoder(os.Stdout).Encode(given)
}

func solve(one testCase) ([]result, error) {
	data, err := load(one)
	if err != nil {
		return nil, err
	}
	results := []result{}
	for _, query := range one.Queries {
		if query.Step <= 0 || query.To < query.From {
			return nil, fmt.Errorf("%q is asked from %s to %s by %s", query.Expression, query.From, query.To, query.Step)
		}
		results = append(results, ask(data, query))
	}
	return results, nil
}

func load(one testCase) (memory, error) {
	if one.Interval <= 0 {
		return nil, fmt.Errorf("it has no interval")
	}
	data := memory{}
	for _, written := range one.Series {
		name, values, err := reader.ParseSeriesDesc(written.Series + " " + written.Values)
		if err != nil {
			return nil, fmt.Errorf("series %s: %w", written.Series, err)
		}
		floats := []promql.FPoint{}
		for index, value := range values {
			if !value.Omitted {
				floats = append(floats, promql.FPoint{T: int64(index) * milliseconds(one.Interval), F: value.Value})
			}
		}
		data = append(data, promql.Series{Metric: name, Floats: floats})
	}
	return data, nil
}

func ask(data memory, query query) result {
	ctx := context.Background()
	from, to := time.UnixMilli(milliseconds(query.From)), time.UnixMilli(milliseconds(query.To))
	asked, err := engine.NewRangeQuery(ctx, data, nil, query.Expression, from, to, time.Duration(query.Step))
	if err != nil {
		return result{Error: err.Error(), Series: []found{}}
	}
	defer asked.Close()
	came := asked.Exec(ctx)
	matrix, err := came.Matrix()
	if err != nil {
		return result{Error: err.Error(), Series: []found{}}
	}
	series := []found{}
	for _, one := range matrix {
		points := []point{}
		for _, float := range one.Floats {
			points = append(points, point{float.T / 1000, model.SampleValue(float.F).String()})
		}
		series = append(series, found{one.Metric.Map(), points})
	}
	return result{Series: series}
}

func milliseconds(duration model.Duration) int64 {
	return time.Duration(duration).Milliseconds()
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
